//! `valify-wasm-bundle INPUT.wasm FOLDER`: one module and one piece of glue for every runtime.
//!
//! The library in place of the command line tool, so that `Cargo.lock` holds its version to that of the macros.

use std::env;

use anyhow::{Context as _, Result};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1);
    let (input, folder) = (arguments.next(), arguments.next());
    let (input, folder) = input.zip(folder).context("needs the compiled module and the folder to write to")?;
    Bindgen::new()
        .input_path(input)
        .web(true)?
        .omit_default_module_path(true)
        .typescript(true)
        .remove_producers_section(true)
        .out_name("valify_link")
        .generate(folder)
}
