"""Looks into the native libraries of a jar: for each platform its format, what it needs, what it says of where it was built.

natives.py JAR; with lief. Whether Apple's processors take the signatures is for signatures.py; what can be run here is, in tests/release/maven.
"""

import sys
import zipfile

import lief

lief.logging.disable()

# JNA's folders: os-arch, with the library as each system names it.
LIBRARIES = {
    "darwin-aarch64/libvalify_link_core.dylib": "Mach-O ARM64",
    "darwin-x86-64/libvalify_link_core.dylib": "Mach-O X86_64",
    "linux-aarch64/libvalify_link_core.so": "ELF AARCH64",
    "linux-x86-64/libvalify_link_core.so": "ELF X86_64",
    "win32-x86-64/valify_link_core.dll": "PE AMD64",
}
GLIBC = (2, 17)
MACOS = [11, 0, 0]
# What a glibc of that age has, whatever else is installed.
OF_LINUX = {
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
}
# Windows 10 and newer have them all. The api-ms-win-… are its own names for parts of itself.
OF_WINDOWS = {
    "kernel32.dll",
    "ntdll.dll",
    "bcryptprimitives.dll",
    "msvcrt.dll",
    "userenv.dll",
    "ws2_32.dll",
    "advapi32.dll",
}

wrong: list[str] = []


def want(holds: bool, what: str) -> None:
    if not holds:
        wrong.append(what)


def elf(name: str, data: bytes) -> str:
    library = lief.ELF.parse(list(data))
    assert library is not None
    needs = set(library.libraries)
    versions = {
        auxiliary.name for needed in library.symbols_version_requirement for auxiliary in needed.get_auxiliary_symbols()
    }
    glibc = sorted(tuple(map(int, version[6:].split("."))) for version in versions if version.startswith("GLIBC_"))
    want(library.header.file_type == lief.ELF.Header.FILE_TYPE.DYN, f"{name} is no shared library")
    want(needs <= OF_LINUX, f"{name} needs {needs - OF_LINUX}")
    want(bool(glibc) and glibc[-1] <= GLIBC, f"{name} needs glibc {glibc[-1:]}")
    paths = {lief.ELF.DynamicEntry.TAG.RPATH, lief.ELF.DynamicEntry.TAG.RUNPATH}
    want(
        not any(entry.tag in paths for entry in library.dynamic_entries),
        f"{name} looks for libraries in a folder of its own",
    )
    want(not any(section.name.startswith(".debug") for section in library.sections), f"{name} has debug information")
    return f"ELF {library.header.machine_type.name}, glibc {'.'.join(map(str, glibc[-1]))}, {' '.join(sorted(needs))}"


def mach_o(name: str, data: bytes) -> str:
    fat = lief.MachO.parse(list(data))
    assert fat is not None
    assert fat.size == 1
    library = fat.at(0)
    assert library is not None
    own = [command.name for command in library.commands if command.command == lief.MachO.LoadCommand.TYPE.ID_DYLIB]
    needs = {command.name for command in library.libraries} - set(own)
    system = library.build_version
    want(own == ["@rpath/" + name.rpartition("/")[2]], f"{name} calls itself {own}")
    want(needs == {"/usr/lib/libSystem.B.dylib"}, f"{name} needs {needs}")
    want(not library.has_rpath, f"{name} looks for libraries in a folder of its own")
    want(
        system.platform == lief.MachO.BuildVersion.PLATFORMS.MACOS and list(system.minos) <= MACOS,
        f"{name} is for {system.platform} {system.minos}",
    )
    want(not any(section.segment_name == "__DWARF" for section in library.sections), f"{name} has debug information")
    return f"Mach-O {library.header.cpu_type.name}, macOS {'.'.join(map(str, system.minos[:2]))}, {' '.join(sorted(needs))}"


def pe(name: str, data: bytes) -> str:
    library = lief.PE.parse(list(data))
    assert library is not None
    needs = {entry.name.lower() for entry in [*library.imports, *library.delay_imports]}
    strange = {needed for needed in needs if needed not in OF_WINDOWS and not needed.startswith("api-ms-win-")}
    want(not strange, f"{name} needs {strange}")
    want(
        not any(section.name.startswith((".debug", "/")) for section in library.sections),
        f"{name} has debug information",
    )
    return f"PE {library.header.machine.name}, {' '.join(sorted(needs))}"


def main(jar: str) -> int:
    with zipfile.ZipFile(jar) as archive:
        inside = [entry.filename for entry in archive.infolist() if entry.filename.endswith((".so", ".dylib", ".dll"))]
        want(sorted(inside) == sorted(LIBRARIES), f"{jar} has {sorted(inside)}")
        for name, kind in LIBRARIES.items():
            if name not in inside:
                continue
            data = archive.read(name)
            look = {b"\x7fELF": elf, b"\xcf\xfa\xed\xfe": mach_o}.get(data[:4], pe)
            said = look(name, data)
            want(said.startswith(kind + ","), f"{name} is {said}")
            print(f"{name}: {len(data) // 1000} kB, {said}")
    for line in wrong:
        print(line, file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
