//! What the demo prints: numbered steps, colour only on a terminal.

use std::{
    io::{IsTerminal as _, stdout},
    time::Duration,
};

use valify_link_core::Status;

pub(crate) struct Report {
    steps: usize,
    colour: bool,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self { steps: 0, colour: stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() }
    }

    pub(crate) fn title(&self, text: &str) {
        println!("{}\n", self.painted("1", text));
    }

    pub(crate) fn step(&mut self, name: &str, text: &str) {
        self.steps += 1;
        println!("{:>2}  {}  {text}", self.steps, self.painted("36", &format!("{name:<9}")));
    }

    /// A line that belongs to the step above it.
    pub(crate) fn detail(&self, text: &str) {
        println!("               {}", self.painted("2", text));
    }

    pub(crate) fn verdict(&self, status: Status, may_proceed: bool, took: Duration) {
        let colour = if may_proceed { "1;32" } else { "1;33" };
        let proceed = if may_proceed { "the user may proceed" } else { "the user may not proceed" };
        println!("\nverdict: {} ({proceed}), after {:.1} s", self.painted(colour, status.as_str()), took.as_secs_f64());
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
