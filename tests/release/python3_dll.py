"""The definition of a `python3.dll` that has what a module asks of it, and sends each on to the DLL of a version: python3_dll.py MODULE NAME

That is all that CPython's own does. Needs lief.
"""

import sys

import lief

module, name = sys.argv[1:]
# Kept: what it gives out is part of it.
binary = lief.parse(module)
asked = {entry.name for library in binary.imports if library.name.lower() == "python3.dll" for entry in library.entries}
if not asked:
    sys.exit(f"{module} asks for nothing of python3.dll")
print("LIBRARY python3.dll", "EXPORTS", *(f"  {symbol}={name}.{symbol}" for symbol in sorted(asked)), sep="\n")
