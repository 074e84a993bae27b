//! The report that every host writes, so that a gate can compare them.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};

use super::folder::{Folder, from_root};

pub(crate) struct Report {
    vectors_sha256: String,
    results: Map<String, Value>,
    failed: Vec<String>,
}

impl Report {
    pub(crate) fn new(folder: &Folder) -> Self {
        Self { vectors_sha256: folder.sha256(), results: Map::new(), failed: Vec::new() }
    }

    pub(crate) fn add(&mut self, id: &str, verdict: Value, passed: bool) {
        assert!(self.results.insert(id.to_owned(), verdict).is_none(), "{id} is there twice");
        if !passed {
            self.failed.push(id.to_owned());
        }
    }

    pub(crate) fn cases(&self) -> usize {
        self.results.len()
    }

    pub(crate) fn write(&self) {
        let path: PathBuf =
            from_root(env::var_os("VECTORS_REPORT").unwrap_or_else(|| "target/vectors/rust.json".into()));
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        let report = json!({
            "host": "rust",
            "version": env!("CARGO_PKG_VERSION"),
            "vectors_sha256": self.vectors_sha256,
            "results": self.results,
            "passed": self.cases() - self.failed.len(),
            "failed": self.failed,
        });
        fs::write(&path, report.to_string() + "\n").unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}
