//! The messages between the page and its workers.
//!
//! A message is an enum, encoded with postcard, and a list of attachments: files,
//! which are passed by reference, and bytes, which are transferred instead of
//! copied. The enum refers to attachments by their index.

use crate::engine::{ImportOptions, Request};
use crate::model::FileId;
use serde::{Deserialize, Serialize};

/// Index of an attachment in its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached(pub u8);

impl Attached {
    /// Appends an attachment to a message's list; returns its index.
    pub fn push<A>(attachments: &mut Vec<A>, attachment: A) -> Attached {
        attachments.push(attachment);
        Attached((attachments.len() - 1) as u8)
    }

    /// Returns the attachment, `None` if the message lacks it.
    pub fn of<A: Clone>(self, attachments: &[A]) -> Option<A> {
        attachments.get(usize::from(self.0)).cloned()
    }
}

/// What the page sends to a worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToWorker {
    /// Reads a file.
    Import {
        /// The number under which the worker reports.
        job: u32,
        /// Path below what was dropped, with `/`.
        path: String,
        /// The file, a blob.
        file: Attached,
        /// How many archives the file is in.
        depth: u8,
        /// How to read it.
        options: ImportOptions,
        /// The worker hosts the engine: it ingests the file instead of handing it over.
        is_kept: bool,
    },
    /// Reads a part of a file that another worker reads.
    ReadPart {
        /// The number under which the worker reports.
        part: u32,
        /// Path below what was dropped, with `/`.
        path: String,
        /// The file, a blob.
        file: Attached,
        /// The first byte of the part.
        from: u64,
        /// How to read the file.
        options: ImportOptions,
    },
    /// Others read the parts of a job's file from this byte on.
    ReadBefore {
        /// The job.
        job: u32,
        /// The first byte of these parts.
        from: u64,
    },
    /// Joins a part of a job's file.
    Join {
        /// The job.
        job: u32,
        /// The first byte of the part.
        from: u64,
        /// An encoded [`Part`](crate::import::Part), bytes; `None` if nobody else could read it.
        part: Option<Attached>,
    },
    /// Cancels a job or a part.
    Cancel {
        /// Which one.
        job: u32,
    },
    /// Records a file that could not be read. For the engine.
    Fail {
        /// The file's path or URL.
        path: String,
        /// The reason, a fragment of a sentence.
        why: String,
    },
    /// Ingests what another worker read from a file. For the engine.
    Ingest {
        /// The job that read the file.
        job: u32,
        /// An encoded [`Imported`](crate::import::Imported), bytes.
        imported: Attached,
        /// The file, a blob.
        file: Attached,
        /// Texts of its results if they are not in the file itself, a blob.
        texts: Option<Attached>,
        /// How it was read.
        options: ImportOptions,
    },
    /// Asks for a file that the engine knows.
    Source {
        /// The question's number.
        id: u32,
        /// Which file.
        file: FileId,
    },
    /// Asks the engine.
    Ask {
        /// The question's number.
        id: u32,
        /// The question.
        request: Box<Request>,
    },
}

/// What a worker sends to the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromWorker {
    /// The worker has started.
    Ready,
    /// The progress of a job.
    Progress {
        /// Which job.
        job: u32,
        /// Bytes read.
        bytes: u64,
        /// Results found.
        results: u64,
    },
    /// Others can read parts of the file of a job.
    HasParts {
        /// The job.
        job: u32,
    },
    /// Reading a part has ended.
    PartRead {
        /// The part's number.
        part: u32,
        /// An encoded [`Part`](crate::import::Part), bytes; `None` if it could not be read apart, or was cancelled.
        read: Option<Attached>,
    },
    /// A job is done.
    Imported {
        /// Which job.
        job: u32,
        /// Results found.
        results: u64,
        /// An encoded [`Imported`](crate::import::Imported), bytes; `None` if the worker ingested it.
        imported: Option<Attached>,
        /// Texts of the results if they are not in the file itself, a blob.
        texts: Option<Attached>,
    },
    /// The engine ingested what another worker read.
    Ingested {
        /// The job that read it.
        job: u32,
    },
    /// A file was found in an archive.
    Member {
        /// The job that unpacks the archive.
        job: u32,
        /// The archive's path, and the file's path in it.
        path: String,
        /// The file, a blob.
        file: Attached,
        /// Its size.
        bytes: u64,
    },
    /// A job was cancelled.
    Cancelled {
        /// Which one.
        job: u32,
    },
    /// A file could not be read again.
    Lost {
        /// The job.
        job: u32,
    },
    /// Answers a question.
    Answer {
        /// The question's number.
        id: u32,
        /// The encoded answer, or the file that was asked for; `None` if the engine has no such file.
        answer: Option<Attached>,
    },
    /// The worker panicked and cannot be used any more.
    Panicked {
        /// The job at which it panicked, `None` if it did something else.
        job: Option<u32>,
        /// The panic's place and message.
        why: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{GetOverview, decode, encode};

    #[test]
    fn messages_are_decoded_as_encoded() {
        let mut attachments = Vec::new();
        let imported = Attached::push(&mut attachments, "batch");
        let file = Attached::push(&mut attachments, "file");
        assert_eq!((imported.of(&attachments), file.of(&attachments)), (Some("batch"), Some("file")));
        assert_eq!(Attached(2).of(&attachments), None);
        let options = ImportOptions {
            instead: Some(FileId(3)),
            format: "csv".to_owned(),
            counts_alone: true,
            ..ImportOptions::default()
        };
        let messages = [
            ToWorker::Ingest { job: 7, imported, file, texts: None, options },
            ToWorker::Ask { id: 1, request: Box::new(GetOverview.into()) },
        ];
        for message in messages {
            let decoded: ToWorker = decode(&encode(&message)).unwrap();
            assert_eq!(format!("{decoded:?}"), format!("{message:?}"));
        }
    }
}
