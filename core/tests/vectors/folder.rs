//! The files of a vectors folder, and their common hash.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Every `*.json` but the schema, by its relative path with `/`.
pub(crate) struct Folder {
    path: PathBuf,
    files: BTreeMap<String, (Vec<u8>, Value)>,
}

/// A path of the repository: cargo starts tests in the package's folder, people write paths from the root.
pub(crate) fn from_root(path: impl AsRef<Path>) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

impl Folder {
    pub(crate) fn from_environment() -> Self {
        Self::read(&from_root(env::var_os("VECTORS_DIR").unwrap_or_else(|| "tests/vectors".into())))
    }

    pub(crate) fn of_this_repository() -> Self {
        Self::read(&from_root("tests/vectors"))
    }

    pub(crate) fn read(path: &Path) -> Self {
        let mut files = BTreeMap::new();
        let mut folders = vec![(path.to_owned(), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            for entry in entries.map(Result::unwrap) {
                let name = format!("{prefix}{}", entry.file_name().to_str().expect("file names are UTF-8"));
                if entry.path().is_dir() {
                    folders.push((entry.path(), format!("{name}/")));
                } else if entry.path().extension().is_some_and(|it| it == "json") && !name.ends_with(".schema.json") {
                    let content = fs::read(entry.path()).unwrap();
                    let json = serde_json::from_slice(&content).unwrap_or_else(|error| panic!("{name}: {error}"));
                    files.insert(name, (content, json));
                }
            }
        }
        Self { path: path.to_owned(), files }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn documents(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.files.iter().map(|(name, (_, json))| (name.as_str(), json))
    }

    /// Each case with its kind. `errors.json` has none.
    pub(crate) fn cases(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.documents().filter(|(name, _)| *name != "errors.json").flat_map(|(name, json)| {
            let kind = json["kind"].as_str().unwrap_or_else(|| panic!("{name}: no kind"));
            let cases = json["cases"].as_array().unwrap_or_else(|| panic!("{name}: no cases"));
            cases.iter().map(move |case| (kind, case))
        })
    }

    /// SHA-256 over path, NUL, decimal length, NUL, content of each file, in byte order of the paths.
    pub(crate) fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        for (name, (content, _)) in &self.files {
            hash.update(format!("{name}\0{}\0", content.len()));
            hash.update(content);
        }
        data_encoding::HEXLOWER.encode(&hash.finalize())
    }
}
