//! The cases: each generates its inputs, measures in rounds, and returns rows of the table.

mod allure_zip;
mod first_visit;
mod folder;
mod growth;
mod instructions;
mod junit;
mod million;
mod reportlog;
mod small;
mod workers;

use anyhow::Result;
use clap::ValueEnum;

use crate::{page::Folder, row::Row};

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Case {
    /// A first visit through a slow network.
    FirstVisit,
    /// 20 MB of JUnit and 40 MB of pytest-json-report, beside what the browser has built in.
    Small,
    /// 200 MB of JUnit in one file, beside DOMParser and parsers from npm.
    Junit,
    /// 400 MB of pytest-reportlog.
    Reportlog,
    /// 8 files of 25 MB, with one worker and with all.
    Workers,
    /// A folder of 1,500 files, 7 MB together.
    Folder,
    /// A zip archive of 100 MB with 10,000 results of Allure.
    AllureZip,
    /// 10,000,000 results, and how soon the views answer.
    Million,
    /// How the time grows from 1 MB to 400 MB.
    Growth,
    /// Instructions of the hot paths of the engine, natively, counted by Valgrind.
    Instructions,
}

/// What the cases are told.
pub struct Plan {
    /// How often each is measured; each has a number of its own otherwise.
    pub rounds: Option<u32>,
    /// How many sessions the case of many results has.
    pub sessions: u64,
    /// Counts of instructions are expected from now on.
    pub accept: bool,
}

impl Case {
    /// What CI checks: cases with floors.
    pub const CHECKED: [Case; 3] = [Case::FirstVisit, Case::Small, Case::Instructions];

    /// Its name on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Measures. Returns rows, and what is wrong beside them.
    ///
    /// # Errors
    ///
    /// If something cannot be measured, or counts differ.
    pub async fn measure(self, plan: &Plan, folder: &Folder) -> Result<(Vec<Row>, Vec<String>)> {
        let rounds = |usual: u32| plan.rounds.unwrap_or(usual);
        let rows = match self {
            Case::FirstVisit => return first_visit::measure(rounds(5)).await,
            Case::Small => small::measure(rounds(5), folder).await,
            Case::Junit => junit::measure(rounds(3), folder).await,
            Case::Reportlog => reportlog::measure(rounds(3), folder).await,
            Case::Workers => workers::measure(rounds(3), folder).await,
            Case::Folder => folder::measure(rounds(3), folder).await,
            Case::AllureZip => allure_zip::measure(rounds(3), folder).await,
            Case::Million => million::measure(rounds(3), plan.sessions, folder).await,
            Case::Growth => growth::measure(rounds(3), folder).await,
            Case::Instructions => instructions::measure(plan.accept, folder),
        };
        Ok((rows?, Vec::new()))
    }
}
