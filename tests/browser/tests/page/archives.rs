//! Archives: dropped as they are, read as the folders that they hold.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};

use anyhow::Result;
use flate2::{Compression, write::GzEncoder};
use passgrid_browser_tests::{scenario, tally::Tally};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::steps::{self, fixture};

/// A report with so many tests, of which one fails.
fn report(tests: usize) -> String {
    let cases = (1..tests).map(|n| format!("<testcase classname='suite' name='test_{n}'/>"));
    let cases: String = cases.collect();
    format!(
        "<testsuite name='s'><testcase classname='suite' name='test_0'><failure message='off'/></testcase>{cases}</testsuite>"
    )
}

fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

pub(crate) fn write_zip(to: &Path, files: &[(&str, &[u8], SimpleFileOptions)]) -> Result<()> {
    let mut zip = ZipWriter::new(File::create(to)?);
    for (name, content, options) in files {
        zip.start_file(*name, *options)?;
        zip.write_all(content)?;
    }
    zip.finish()?;
    Ok(())
}

fn tar_of(files: &[(&str, &[u8])]) -> Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, *content)?;
    }
    Ok(tar.into_inner()?)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

/// DUT, results and failures of each session of the summary.
fn sessions(summary: &serde_json::Value) -> Result<Vec<(String, u64, u64)>> {
    let mut sessions = Vec::new();
    for session in steps::list(summary, "sessions")? {
        let counts = Tally::of_counts(&session["counts"])?;
        let dut = session["dut"].as_str().unwrap_or_default().to_owned();
        sessions.push((dut, counts.results, counts.failed));
    }
    sessions.sort();
    Ok(sessions)
}

/// Every kind of archive at once, one in another too: the numbers are those of
/// the files in them, the DUTs those of their folders, and nothing is left out
/// without a word.
#[tokio::test]
async fn archives_are_read_as_the_folders_that_they_hold() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name);
        let (a, b, c, d) = (report(3), report(4), report(5), report(6));
        let inner = gzip(&tar_of(&[("board_d/report.xml", d.as_bytes())])?)?;
        write_zip(
            &path("night.zip"),
            &[
                ("board_a/report.xml", a.as_bytes(), deflated()),
                ("board_b/report.xml", b.as_bytes(), stored()),
                ("__MACOSX/board_a/._report.xml", b"\0\x05\x16\x07", stored()),
                ("../../evil/notes.txt", b"nothing to see", stored()),
                ("board_d.tgz", &inner, stored()),
            ],
        )?;
        let tar = tar_of(&[("board_c/report.xml", c.as_bytes()), ("board_c/empty.txt", b"")])?;
        fs::write(path("day.tar.gz"), gzip(&tar)?)?;
        fs::write(path("board_e.xml.gz"), gzip(report(7).as_bytes())?)?;

        t.report_of([path("night.zip"), path("day.tar.gz"), path("board_e.xml.gz")]).await?;
        let summary = steps::summary(t).await?;
        let expected = [("board_a", 3), ("board_b", 4), ("board_c", 5), ("board_d", 6), ("board_e", 7)];
        let expected = expected.map(|(dut, results)| (dut.to_owned(), results, 1));
        assert_eq!(sessions(&summary)?, expected);

        let mut paths = Vec::new();
        for file in steps::list(&summary, "files")? {
            let path = file["path"].as_str().unwrap_or_default();
            paths.push(format!("{path} {}", file["status"].as_str().unwrap_or_default()));
        }
        paths.sort();
        let expected = [
            "board_e.xml.gz read",
            "board_e.xml.gz/board_e.xml read",
            "day.tar.gz read",
            "day.tar.gz/board_c/empty.txt unreadable",
            "day.tar.gz/board_c/report.xml read",
            "night.zip read",
            "night.zip/board_a/report.xml read",
            "night.zip/board_b/report.xml read",
            "night.zip/board_d.tgz read",
            "night.zip/board_d.tgz/board_d/report.xml read",
            "night.zip/evil/notes.txt no results",
        ];
        assert_eq!(paths, expected);

        // Texts of a member are read from where it was unpacked to.
        t.page.find("link", "Overview").await?.click().await?;
        t.page.until_text("off").await
    })
    .await
}

/// What browsers do not unpack: a tar in each kind of stream, a stream with one
/// file, and one in a zip.
#[tokio::test]
async fn bzip2_xz_and_zstd_are_unpacked() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name);
        fs::copy(fixture("archives/xz-5.4/default.xml.xz"), path("board_y.xml.xz"))?;
        let inner = fs::read(fixture("archives/zstd-1.5.4/boards.tar.zst"))?;
        write_zip(&path("night.zip"), &[("boards.tar.zst", &inner, stored())])?;
        let tars = ["archives/xz-5.4/boards.tar.xz", "archives/bzip2-1.0.8/boards.tar.bz2"];
        let files = [path("board_y.xml.xz"), path("night.zip")];
        t.report_of(files.into_iter().chain(tars.map(fixture))).await?;

        let expected = [
            ("board_b", 30),
            ("board_b", 31),
            ("board_x", 20),
            ("board_x", 21),
            ("board_y", 4000),
            ("board_z", 40),
            ("board_z", 41),
        ];
        let expected = expected.map(|(dut, results)| (dut.to_owned(), results, 0));
        assert_eq!(sessions(&steps::summary(t).await?)?, expected);
        Ok(())
    })
    .await
}

/// What cannot be unpacked is said, by name; the rest is read.
#[tokio::test]
async fn archives_that_are_broken_or_made_to_harm_have_their_line() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name);
        let good = report(3);
        write_zip(&path("cut.zip"), &[("board_a/report.xml", good.as_bytes(), deflated())])?;
        let whole = fs::read(path("cut.zip"))?;
        fs::write(path("cut.zip"), &whole[..whole.len() - 30])?;
        write_zip(
            &path("secret.zip"),
            &[
                (
                    "board_s/secret.xml",
                    good.as_bytes(),
                    deflated().with_aes_encryption(zip::AesMode::Aes256, "pw"),
                ),
                ("board_s/open.xml", report(4).as_bytes(), deflated()),
            ],
        )?;
        let tar = gzip(&tar_of(&[
            ("board_t/report.xml", good.as_bytes()),
            ("board_u/report.xml", &[b' '; 9000]),
        ])?)?;
        fs::write(path("cut.tgz"), &tar[..tar.len() - 20])?;
        let zeros = vec![0; 32 << 20];
        let bomb: Vec<_> = (0..10).map(|n| (format!("z{n}.bin"), zeros.as_slice(), deflated())).collect();
        let bomb: Vec<_> =
            bomb.iter().map(|(name, content, options)| (name.as_str(), *content, *options)).collect();
        write_zip(&path("bomb.zip"), &bomb)?;
        fs::write(path("report.xml.bz2"), [b"BZh91AY&SY".as_slice(), &[0xFF; 200]].concat())?;
        let packed = fs::read(fixture("archives/zstd-1.5.4/default.xml.zst"))?;
        fs::write(path("board_v.xml.zst"), &packed[..packed.len() * 9 / 10])?;

        let names = ["cut.zip", "secret.zip", "cut.tgz", "bomb.zip", "report.xml.bz2", "board_v.xml.zst"];
        let fixtures =
            ["archives/bzip2-1.0.8/bomb.bz2", "archives/xz-5.4/window.xml.xz", "brief/sessions.json"];
        t.report_of(names.map(path).into_iter().chain(fixtures.map(fixture))).await?;
        let summary = steps::summary(t).await?;
        let mut notes = std::collections::BTreeMap::new();
        for file in steps::list(&summary, "files")? {
            let path = file["path"].as_str().unwrap_or_default().to_owned();
            notes.insert(path, format!("{} {}", file["status"], file["notes"]));
        }
        for (path, words) in [
            ("cut.zip", "truncated"),
            ("secret.zip", "password-protected"),
            ("cut.tgz", "damaged"),
            ("bomb.zip", "times its size"),
            ("report.xml.bz2", "damaged"),
            ("board_v.xml.zst", "truncated"),
            ("bomb.bz2", "times its size"),
            ("window.xml.xz", "too much memory"),
        ] {
            let notes = notes.get(path).map_or("no line", String::as_str);
            assert!(notes.contains("partly read") && notes.contains(words), "{path}: {notes}");
        }
        let duts: Vec<String> = sessions(&summary)?.into_iter().map(|(dut, ..)| dut).collect();
        for dut in ["board_s", "board_t", "board_v"] {
            assert!(duts.contains(&dut.to_owned()), "{dut} is not in {duts:?}");
        }
        Ok(())
    })
    .await
}
