//! `uniffi-bindgen`, from the very version that made the library's scaffolding.

fn main() {
    uniffi::uniffi_bindgen_main();
}
