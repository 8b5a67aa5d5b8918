//! CSV as specified by RFC 4180: UTF-8, a header, lines that end with CR LF.

use super::Download;
use crate::text::decimal;
use csv::{Terminator, Writer, WriterBuilder};
use serde::{Serialize, Serializer};

/// Media type of the tables.
pub const MEDIA_TYPE: &str = "text/csv;charset=utf-8";

/// File name extension of the tables.
pub const EXTENSION: &str = "csv";

/// A cell with text from outside.
///
/// A spreadsheet would run a text that begins like a formula. Unless it is a
/// number, such a text gets an apostrophe in front.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text<'a>(pub &'a str);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Text(text) = *self;
        let begins_like_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if begins_like_formula && decimal(text).is_none() {
            serializer.serialize_str(&format!("'{text}"))
        } else {
            serializer.serialize_str(text)
        }
    }
}

/// Writes a table whose columns are the fields of `Row`. The header is written
/// even if there are no rows.
pub fn table<Row: Serialize + Default>(rows: impl IntoIterator<Item = Row>) -> Vec<u8> {
    // The csv crate takes the header from the first row: write one, and keep the
    // first line.
    let mut sample = writer(true, Vec::new());
    write_row(&mut sample, &Row::default());
    let mut header = finish(sample);
    header.truncate(header.iter().position(|&byte| byte == b'\n').map_or(0, |at| at + 1));
    let mut writer = writer(false, header);
    rows.into_iter().for_each(|row| write_row(&mut writer, &row));
    finish(writer)
}

/// Writes a table whose columns are known only at run time. Each row has as
/// many cells as the header.
pub fn table_with_header(header: &[Text], rows: impl IntoIterator<Item = impl Serialize>) -> Vec<u8> {
    let mut writer = writer(false, Vec::new());
    write_row(&mut writer, &header);
    rows.into_iter().for_each(|row| write_row(&mut writer, &row));
    finish(writer)
}

/// A table of texts, such as the values of a chart, as a file to save.
pub fn text_table(name: String, header: &[String], rows: &[Vec<String>]) -> Download {
    let header: Vec<Text> = header.iter().map(|cell| Text(cell)).collect();
    let rows = rows.iter().map(|row| row.iter().map(|cell| Text(cell)).collect::<Vec<_>>());
    Download { name, media_type: MEDIA_TYPE.to_owned(), bytes: table_with_header(&header, rows) }
}

/// Returns a writer that appends to `into`.
fn writer(has_headers: bool, into: Vec<u8>) -> Writer<Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).has_headers(has_headers).from_writer(into)
}

/// Panics if a row has a different number of cells than the previous one, or a
/// field that cannot be a cell. Both would be bugs in this folder.
fn write_row(writer: &mut Writer<Vec<u8>>, row: &impl Serialize) {
    writer.serialize(row).expect("rows consist of cells, and writing to memory does not fail");
}

fn finish(writer: Writer<Vec<u8>>) -> Vec<u8> {
    writer.into_inner().expect("writing to memory does not fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default, Serialize)]
    struct Row<'a> {
        a: Text<'a>,
        b: Text<'a>,
        c: Option<u32>,
    }

    #[test]
    fn formulas_are_not_run() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+cmd", "'+cmd"),
            ("-1.5", "-1.5"),
            ("-x", "'-x"),
            ("-inf", "'-inf"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("plain = text", "plain = text"),
            ("", "\"\""),
        ] {
            assert_eq!(table_with_header(&[Text(cell)], [()]), format!("{expected}\r\n\"\"\r\n").as_bytes());
        }
    }

    #[test]
    fn cells_are_quoted_if_necessary() {
        let rows = [
            Row { a: Text("x,y"), b: Text("say \"hi\"\nthere"), c: Some(1) },
            Row { a: Text(""), b: Text("x\r"), c: None },
        ];
        let expected = "a,b,c\r\n\"x,y\",\"say \"\"hi\"\"\nthere\",1\r\n,\"x\r\",\r\n";
        assert_eq!(table(rows), expected.as_bytes());
        assert_eq!(table([] as [Row; 0]), b"a,b,c\r\n");
    }
}
