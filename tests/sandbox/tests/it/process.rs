//! The binary itself, as somebody starts it.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStderr, Command, Stdio},
};

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_valify-sandbox");

pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) address: String,
    /// The first line on standard output, whole.
    pub(crate) first_line: String,
    stderr: ChildStderr,
}

impl Process {
    /// Starts `valify-sandbox serve` on a free port and waits until it says that it serves.
    pub(crate) fn serve(arguments: &[&str]) -> Self {
        let mut child = Command::new(BINARY)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut first_line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first_line).unwrap();
        let address = first_line.trim().rsplit("http://").next().unwrap().to_owned();
        let stderr = child.stderr.take().unwrap();
        Self { child, address, first_line, stderr }
    }

    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
    }

    /// Waits for its end; gives the exit code, if it had one, and what it said on standard error.
    pub(crate) fn end(&mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        let mut said = String::new();
        let _ = self.stderr.read_to_string(&mut said);
        (code, said)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already where the test has waited for it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
