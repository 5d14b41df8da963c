//! Damaged and hostile input: small feeds, each with what it is and what it catches.
//!
//! Every case is replayed with its own setup; `expected/` beside it has what comes of it. Together
//! they raise every fault code that a file can raise.

mod boundaries;
mod build;
mod captures;
mod messages;
mod trading;
mod words;

use std::fmt::Write;

use tidegate_protocol::FaultCode;

/// One hostile feed.
pub struct Case {
    /// Its name, and that of its folder.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// What a wrong reader would do with it, in a line.
    pub catches: &'static str,
    /// The faults that it raises.
    pub faults: &'static [FaultCode],
    /// Extension of the file.
    pub form: &'static str,
    /// What the setup has beside index and securities.
    pub setup: String,
    /// Index and constituents, where they are not the usual ones.
    pub index: Index,
    /// Whether it is replayed with `--resync`.
    pub resync: bool,
    /// The feed.
    pub bytes: Vec<u8>,
    /// Reports of orders, if it has any.
    pub feedback: Option<Vec<u8>>,
}

/// The index of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// A thousand shares of one constituent at 10.00.
    Usual,
    /// The same, priced by snapshots.
    Snapshots,
    /// Two constituents with most shares, whose sum is just below 2^63.
    Huge,
}

impl Case {
    /// A case of stream bytes with the usual setup.
    const fn of(
        name: &'static str,
        about: &'static str,
        catches: &'static str,
        faults: &'static [FaultCode],
        bytes: Vec<u8>,
    ) -> Self {
        Self {
            name,
            about,
            catches,
            faults,
            form: "bin",
            setup: String::new(),
            index: Index::Usual,
            resync: false,
            bytes,
            feedback: None,
        }
    }

    /// Its file, in its folder.
    pub fn file(&self) -> String {
        format!("{}.{}", self.name, self.form)
    }

    /// Its setup.
    pub fn setup(&self) -> String {
        let source = match self.index {
            Index::Snapshots => "source = \"snapshot\"\n",
            Index::Usual | Index::Huge => "",
        };
        let mut setup = format!(
            "# {}\n[index]\nid = \"399001\"\nprev_close = \"1000.0000\"\n\
             constituents = \"constituents.csv\"\n{source}\n[securities]\nlist = [\"000002\"]\n",
            self.about
        );
        if !self.setup.is_empty() {
            let _ = write!(setup, "\n{}", self.setup);
        }
        setup
    }

    /// Its constituents.
    pub const fn constituents(&self) -> &'static str {
        match self.index {
            Index::Usual | Index::Snapshots => "security,shares,prev_close\n000001,1000,10.0000\n",
            Index::Huge => {
                "security,shares,prev_close\n\
                 000001,1000000000000,900.0000\n000002,1000000000000,22.0000\n"
            }
        }
    }
}

/// Every case.
pub fn cases() -> Vec<Case> {
    let mut cases = messages::cases();
    cases.extend(words::cases());
    cases.extend(captures::cases());
    cases.extend(trading::cases());
    cases.extend(boundaries::cases());
    cases
}

/// The page of the folder.
pub fn readme() -> String {
    let mut text = String::from(
        "# Damaged and hostile input\n\n\
         Small feeds that no exchange would send, made by [`src/adversarial`](../src/adversarial). Each\n\
         folder has the feed, its setup with the constituents, reports of orders in `feedback.bin` where\n\
         there are any, and in `expected/` what a replay makes of it. The test `fresh` writes this page.\n\n\
         | case | what it is | what it catches | faults |\n|---|---|---|---|\n",
    );
    for Case { name, about, catches, faults, .. } in &cases() {
        let faults: Vec<String> = faults.iter().map(|code| format!("`{}`", code.name())).collect();
        let faults = if faults.is_empty() { "none".to_owned() } else { faults.join(", ") };
        let _ = writeln!(text, "| [`{name}`]({name}) | {about} | {catches} | {faults} |");
    }
    text
}
