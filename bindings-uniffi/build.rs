//! What the linker of Apple's platforms is told.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_VENDOR").as_deref() == Ok("apple") {
        // A library bears the name by which others load it: by default the path where it was built.
        println!("cargo::rustc-link-arg-cdylib=-Wl,-install_name,@rpath/libvalify_link_core.dylib");
        // The standard library asks for libiconv, of which it uses nothing here.
        println!("cargo::rustc-link-arg-cdylib=-Wl,-dead_strip_dylibs");
        // The identifier of a library is made of the names of its object files too, unless they are left out while linking.
        if std::env::var("PROFILE").as_deref() == Ok("release") {
            println!("cargo::rustc-link-arg-cdylib=-Wl,-S");
        }
    }
}
