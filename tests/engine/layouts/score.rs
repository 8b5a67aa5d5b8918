//! Compares answers with what is true.

use super::generator::File;

/// What was found for a file.
#[derive(Clone, Debug)]
pub struct Answer {
    pub dut: String,
    pub is_dut_guess: bool,
    pub build: Option<String>,
    pub is_build_guess: bool,
    pub is_session_guess: bool,
    pub session: usize,
}

/// Counts over many layouts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    pub files: u32,
    pub right_duts: u32,
    pub right_builds: u32,
    /// Answers about DUT or build that are wrong and not marked as guesses.
    pub wrong_and_sure: u32,
    /// Pairs of files that are and that were found to be of one session.
    pub true_pairs: u32,
    pub found_pairs: u32,
    pub right_pairs: u32,
}

impl Score {
    pub fn add(&mut self, files: &[File], answers: &[Answer]) {
        for (at, (file, answer)) in files.iter().zip(answers).enumerate() {
            self.files += 1;
            let is_dut_right = match &file.dut {
                Some(dut) => *dut == answer.dut,
                None => answer.is_dut_guess,
            };
            let is_build_right = file.build == answer.build;
            self.right_duts += u32::from(is_dut_right);
            self.right_builds += u32::from(is_build_right);
            self.wrong_and_sure += u32::from(!is_dut_right && !answer.is_dut_guess);
            self.wrong_and_sure += u32::from(!is_build_right && !answer.is_build_guess);
            for (other, found) in files.iter().zip(answers).skip(at + 1) {
                let (is_true, is_found) = (file.session == other.session, answer.session == found.session);
                self.true_pairs += u32::from(is_true);
                self.found_pairs += u32::from(is_found);
                self.right_pairs += u32::from(is_true && is_found);
            }
        }
    }

    pub fn merge(&mut self, other: &Score) {
        self.files += other.files;
        self.right_duts += other.right_duts;
        self.right_builds += other.right_builds;
        self.wrong_and_sure += other.wrong_and_sure;
        self.true_pairs += other.true_pairs;
        self.found_pairs += other.found_pairs;
        self.right_pairs += other.right_pairs;
    }

    pub fn duts(&self) -> f64 {
        share(self.right_duts, self.files)
    }

    pub fn builds(&self) -> f64 {
        share(self.right_builds, self.files)
    }

    pub fn wrong_and_sure(&self) -> f64 {
        f64::from(self.wrong_and_sure) / f64::from(self.files.max(1) * 2)
    }

    pub fn precision(&self) -> f64 {
        share(self.right_pairs, self.found_pairs)
    }

    pub fn recall(&self) -> f64 {
        share(self.right_pairs, self.true_pairs)
    }

    pub fn line(&self, name: &str) -> String {
        format!(
            "{name:18} DUT {:.3}  build {:.3}  sessions: precision {:.3} recall {:.3}  wrong and sure {:.3}  ({} files)",
            self.duts(),
            self.builds(),
            self.precision(),
            self.recall(),
            self.wrong_and_sure(),
            self.files
        )
    }
}

fn share(part: u32, all: u32) -> f64 {
    if all == 0 { 1.0 } else { f64::from(part) / f64::from(all) }
}
