//! What a tester may have on one desk, dropped in one go.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use passgrid_browser_tests::{Corpus, Scenario, files_below, scenario, tally::Tally};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::steps::{self, fixture};

/// A zip archive of a folder.
fn zipped(folder: &Path, to: &Path) -> Result<()> {
    let mut zip = ZipWriter::new(File::create(to)?);
    for name in files_below(folder)? {
        zip.start_file(name.as_str(), SimpleFileOptions::default())?;
        zip.write_all(&fs::read(folder.join(name))?)?;
    }
    zip.finish()?;
    Ok(())
}

/// Results in all, how many of them fail, and how many files there are.
async fn figures(t: &Scenario, paths: &[PathBuf]) -> Result<[u64; 3]> {
    t.report_of(paths).await?;
    let summary = steps::summary(t).await?;
    let totals = Tally::of_counts(&summary["totals"])?;
    Ok([totals.results, totals.failed, steps::list(&summary, "files")?.len() as u64])
}

/// An octoprobe report as an archive, a folder of twister with its XML files, three
/// JUnit files, a folder of Allure, a pickle and a photo: results are those of
/// each of them dropped by itself, and every file has its line.
#[tokio::test]
async fn everything_on_the_desk_in_one_go() -> Result<()> {
    scenario(async |t| {
        let folder = tempfile::tempdir()?;
        let octoprobe = folder.path().join("octoprobe.zip");
        zipped(&fixture("octoprobe/2026-08"), &octoprobe)?;
        let flat =
            ["a", "b", "c"].map(|board| fixture("multi/flat").join(format!("junit-board_{board}.xml")));
        let sources: [Vec<PathBuf>; 5] = [
            vec![octoprobe],
            vec![fixture("twister/zephyr-4.2")],
            flat.to_vec(),
            vec![fixture("allure/allure-pytest-2.16.2/allure-results")],
            vec![fixture("pytest-oof/oof-1.1.0/results.pickle")],
        ];
        let mut expected = [0, 0, 1];
        for source in &sources {
            let alone = figures(t, source).await?;
            assert!(alone[0] > 0, "{source:?} has results");
            expected = std::array::from_fn(|at| expected[at] + alone[at]);
        }
        let mut desk: Vec<PathBuf> = sources.concat();
        desk.push(fixture("bad/nothing/picture.png"));
        assert_eq!(figures(t, &desk).await?, expected);

        // Every file is accounted for.
        let summary = steps::summary(t).await?;
        for file in steps::list(&summary, "files")? {
            let is_told = !steps::list(file, "notes")?.is_empty() || file["results"].as_u64() > Some(0);
            assert!(is_told, "nothing is said of {file}");
            assert_ne!(steps::text(file, "status"), "unreadable", "{file}");
        }
        let of_status = |status: &str| {
            let files = summary["files"].as_array().into_iter().flatten();
            files.filter(|file| steps::text(file, "status") == status).count()
        };
        let (read, empty) = (of_status("read"), of_status("no results"));
        // The totals count each file once. Some files without results belong to a report.
        steps::go_to(t, "Files").await?;
        t.page.until_text(" reports read").await?;
        let totals: Vec<String> = t
            .page
            .evaluate("[...document.querySelectorAll('.files-totals > *')].map((total) => total.innerText)")
            .await?;
        let total = |word: &str| -> Option<usize> {
            let mut words = totals.iter().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
            words.find_map(|text| text.strip_suffix(word)?.trim_end().parse().ok())
        };
        let (shown_read, others) = (total("read"), total("not reports"));
        let (shown_read, others) = shown_read.zip(others).with_context(|| format!("{totals:?}"))?;
        assert_eq!(shown_read + others, read + empty, "{totals:?}");
        assert!(shown_read >= read && others >= 1, "{totals:?}");
        Ok(())
    })
    .await
}

/// A whole report of octoprobe gives the same as a folder, a `.tgz` and a `.zip`: 16 DUTs, 40,213 tests
/// on them and 7 groups that tell of themselves, as counted in `tests/files/corpus/octoprobe.rs`.
#[tokio::test]
async fn a_report_of_octoprobe_is_the_same_in_any_package() -> Result<()> {
    let Some(corpus) = Corpus::find() else {
        eprintln!("skipped: PASSGRID_CORPUS is not set, so there are no real result files to read");
        return Ok(());
    };
    scenario(async |t| {
        const REPORT: &str = "ch_hans_1_20260226-205450";
        let report = corpus.path("formats/octoprobe/reports").join(REPORT);
        let folder = tempfile::tempdir()?;
        let (tgz, zip) =
            (folder.path().join(format!("{REPORT}.tgz")), folder.path().join(format!("{REPORT}.zip")));
        zipped(&report, &zip)?;
        let mut tar = tar::Builder::new(GzEncoder::new(File::create(&tgz)?, Compression::fast()));
        tar.append_dir_all(REPORT, &report)?;
        tar.into_inner()?.finish()?;
        for form in [report, tgz, zip] {
            t.report_of([&form]).await?;
            let summary = steps::summary(t).await?;
            assert_eq!(summary["totals"]["duts"], 16, "{form:?}");
            assert_eq!(Tally::of_counts(&summary["totals"])?.results, 40_213 + 7, "{form:?}");
        }
        Ok(())
    })
    .await
}
