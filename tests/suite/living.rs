//! Libraries that live: files that change, folders that are followed, libraries that are carried.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use yinju_tests::{Home, root};

const CRANE: &str = "# The harbour crane\n\nThe crane was built in 1962 by the yard itself. \
    The crane lifts ninety tonnes at a reach of twenty metres. It is driven by two men.\n\n\
    # The quay\n\nThe quay is three hundred metres long. Ships of two thousand tonnes moor at it.\n";

fn documents(home: &Home, library: &str) -> Vec<Value> {
    let listed = home.yinju(&["documents", "--library", library]).done();
    listed.last()["documents"].as_array().unwrap().clone()
}

fn look(home: &Home) -> Value {
    home.yinju(&["watch", "run", "--once"]).done().last()["watches"][0].clone()
}

fn finds(home: &Home, words: &str) -> bool {
    let found = home.yinju(&["search", words, "--mode", "lexical"]).done();
    let hits = found.last()["hits"].as_array().unwrap().clone();
    hits.iter().any(|hit| hit["text"].as_str().unwrap().contains(words))
}

#[test]
fn a_changed_file_stays_its_document_and_quotations_are_reviewed() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("harbour.md");
    fs::write(&file, CRANE).unwrap();
    let path = file.to_str().unwrap();
    home.yinju(&["import", path, "--library", "harbour"]).done();
    let id = documents(&home, "harbour")[0]["id"].clone();
    let ask = |question: &str| {
        let asked = home.yinju(&["ask", question, "--mode", "quotes"]).done();
        assert_eq!(asked.last()["refused"], false, "{question}");
    };
    ask("How many tonnes does the crane lift?");
    ask("How long is the quay?");
    assert_eq!(home.yinju(&["review"]).done().last()["changed"].as_array().unwrap().len(), 0);

    let now = CRANE.replace("ninety tonnes", "ninety-five tonnes");
    fs::write(&file, format!("# A foreword\n\nThis is the second edition.\n\n{now}")).unwrap();
    let summary =
        home.yinju(&["import", path, "--library", "harbour"]).done().last()["summary"].clone();
    assert_eq!((&summary["changed"], &summary["failed"]), (&1.into(), &0.into()));
    let known = documents(&home, "harbour");
    assert_eq!((known.len(), &known[0]["id"]), (1, &id));
    assert!(finds(&home, "ninety-five tonnes") && !finds(&home, "ninety tonnes"));

    let reviewed = home.yinju(&["review"]).done().last()["changed"].clone();
    let of = |word: &str| {
        let all = reviewed.as_array().unwrap().iter();
        let mut of = all.filter(|one| one["quote"].as_str().unwrap().contains(word));
        of.next().unwrap_or_else(|| panic!("nothing about {word}: {reviewed}")).clone()
    };
    let crane = of("lifts ninety");
    assert_eq!(
        (&crane["state"], &crane["chat"], &crane["turn"]),
        (&"changed".into(), &1.into(), &1.into())
    );
    assert!(crane["now"]["quote"].as_str().unwrap().contains("ninety-five tonnes"), "{crane}");

    // What it was before, it is again, and all quotations stand.
    fs::write(&file, CRANE).unwrap();
    home.yinju(&["import", path, "--library", "harbour"]).done();
    assert_eq!(documents(&home, "harbour").len(), 1);
    assert_eq!(home.yinju(&["review"]).done().last()["changed"].as_array().unwrap().len(), 0);

    fs::write(&file, "# Minutes\n\nNothing of what was written before is in here any more.\n")
        .unwrap();
    home.yinju(&["import", path, "--library", "harbour"]).done();
    let reviewed = home.yinju(&["review"]).done().last()["changed"].clone();
    let states = reviewed.as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap());
    assert!(
        states.clone().count() >= 2 && states.clone().all(|state| state == "gone"),
        "{reviewed}"
    );
    // A removal leaves nothing of any version.
    let removed = home.yinju(&["remove", id.as_str().unwrap()]).done().last().clone();
    let left = removed["receipt"]["left"].as_object().unwrap();
    assert!(!left.is_empty() && left.values().all(|count| *count == 0), "{removed}");
    assert_eq!(home.yinju(&["review"]).done().last()["changed"].as_array().unwrap().len(), 0);
}

#[test]
fn nothing_is_marked_in_a_file_that_was_quoted_as_it_was_before() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let samples = root().join("assets/samples");
    let file = folder.path().join("manual.pdf");
    let path = file.to_str().unwrap();
    fs::copy(samples.join("kettle-manual-en.pdf"), &file).unwrap();
    home.yinju(&["import", path]).done();
    let asked = home.yinju(&["ask", "How long is the warranty?", "--mode", "quotes"]).done();
    assert_eq!(asked.last()["refused"], false);
    let copies = folder.path().join("copies");
    fs::create_dir(&copies).unwrap();
    let highlight = || home.yinju(&["highlight", "1", "-o", copies.to_str().unwrap()]);
    highlight().done();
    fs::copy(samples.join("bridge-paper-en.pdf"), &file).unwrap();
    home.yinju(&["import", path]).done();
    assert_eq!(highlight().last()["problem"]["code"], "file_changed");
    assert_eq!(fs::read_dir(&copies).unwrap().count(), 1);
}

#[test]
fn a_folder_is_followed_through_every_kind_of_change() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("papers");
    fs::create_dir_all(inside.join("drafts")).unwrap();
    let at = |name: &str| inside.join(name);
    fs::write(at("one.md"), "# One\n\nThe heron stands by the weir.\n").unwrap();
    fs::write(at("two.md"), "# Two\n\nThe otter swims under the bridge.\n").unwrap();
    fs::write(at("drafts/not.md"), "# Not\n\nThe pelican is a draft.\n").unwrap();
    fs::write(at("saved.tmp.md"), "# Not\n\nThe cormorant is not saved.\n").unwrap();
    let path = inside.to_str().unwrap();
    let add =
        ["watch", "add", path, "--library", "birds", "--ignore", "drafts", "--ignore", "*.tmp.md"];
    home.yinju(&add).done();
    assert_eq!(look(&home)["summary"]["documents"], 2);
    assert!(finds(&home, "heron stands") && !finds(&home, "pelican") && !finds(&home, "cormorant"));
    assert_eq!(look(&home)["summary"]["documents"], 0, "nothing changed");

    // Moved, replaced by rename as editors save, added.
    fs::create_dir(at("old")).unwrap();
    fs::rename(at("one.md"), at("old/first.md")).unwrap();
    fs::write(at(".two.md.new"), "# Two\n\nThe beaver swims under the bridge.\n").unwrap();
    fs::rename(at(".two.md.new"), at("two.md")).unwrap();
    fs::write(at("three.md"), "# Three\n\nThe kingfisher dives.\n").unwrap();
    let looked = look(&home);
    assert_eq!(looked["summary"]["changed"], 1, "{looked}");
    assert!(finds(&home, "kingfisher") && finds(&home, "beaver swims") && !finds(&home, "otter"));
    let known = documents(&home, "birds");
    let paths: Vec<_> = known.iter().map(|document| document["path"].as_str().unwrap()).collect();
    assert_eq!(known.len(), 3, "{paths:?}");
    assert!(paths.iter().any(|path| Path::new(path).ends_with("old/first.md")), "{paths:?}");

    // Gone is told of and kept; back is back.
    fs::remove_file(at("three.md")).unwrap();
    let gone = look(&home)["gone"].clone();
    assert!(gone[0]["path"].as_str().unwrap().ends_with("three.md"), "{gone}");
    assert_eq!(documents(&home, "birds").len(), 3);
    fs::write(at("three.md"), "# Three\n\nThe kingfisher dives.\n").unwrap();
    assert_eq!(look(&home)["gone"].as_array().unwrap().len(), 0);

    // A drive that is away is no deletion.
    let away = folder.path().join("elsewhere");
    fs::rename(&inside, &away).unwrap();
    let run = home.yinju(&["watch", "run", "--once"]);
    let looked = &run.last()["watches"][0];
    assert_eq!((&looked["state"], looked["gone"].as_array().unwrap().len()), (&"away".into(), 0));
    fs::rename(&away, &inside).unwrap();
    let back = look(&home);
    assert_eq!((&back["state"], &back["summary"]["documents"]), (&"in_line".into(), &0.into()));
    home.yinju(&["watch", "remove", path]).done();
    assert_eq!(documents(&home, "birds").len(), 3);
    assert_eq!(home.yinju(&["watch", "remove", path]).code(), "bad_usage");
    assert_eq!(home.yinju(&["watch", "add", at("three.md").to_str().unwrap()]).code(), "bad_usage");
}

#[test]
fn a_library_is_carried_elsewhere_without_computing_anything() {
    let home = Home::new();
    let samples = root().join("assets/samples");
    let mut import = vec!["import".to_owned(), "--library".to_owned(), "samples".to_owned()];
    for name in ["tea-handbook-zh.pdf", "kettle-manual-en.pdf", "bridge-paper-en.pdf"] {
        import.push(samples.join(name).to_str().unwrap().to_owned());
    }
    home.yinju(&import.iter().map(String::as_str).collect::<Vec<_>>()).done();
    home.yinju(&["words", "--library", "samples", "--add", "limescale = 水垢"]).done();
    let ask = |library: &str| {
        let asked = ["ask", "How long is the warranty?", "--mode", "quotes", "--library", library];
        home.yinju(&asked).done().last()["answer"].clone()
    };
    let answer = ask("samples");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("samples.yinju");
    let path = file.to_str().unwrap();
    home.yinju(&["libraries", "export", "samples", "-o", path]).done();

    let other = Home::new();
    let summary = other.yinju(&["libraries", "import", path, "--as", "carried"]).done();
    let summary = &summary.last()["summary"];
    assert_eq!((&summary["documents"], &summary["embedded"]), (&3.into(), &0.into()));
    let first_ten = |home: &Home, query: &str, library: &str| -> Vec<Value> {
        let found = home.yinju(&["search", query, "--library", library, "--top", "10"]).done();
        let hits = found.last()["hits"].as_array().unwrap().clone();
        hits.into_iter()
            .map(|hit| serde_json::json!([hit["text"], hit["score"], hit["regions"]]))
            .collect()
    };
    for query in ["how is limescale removed", "怎么泡绿茶", "span of the bridge", "保修"] {
        let here = first_ten(&home, query, "samples");
        assert!(!here.is_empty());
        assert_eq!(here, first_ten(&other, query, "carried"), "{query}");
    }
    // Where it was is no place on another machine.
    let paths = documents(&other, "carried");
    assert!(paths.iter().all(|d| !d["path"].as_str().unwrap().contains('/')), "{paths:?}");
    assert_eq!(other.yinju(&["libraries", "import", path, "--as", "carried"]).code(), "bad_usage");
    let chats = other.yinju(&["chats"]).done().last()["chats"].clone();
    assert_eq!(chats.as_array().unwrap().len(), 1, "{chats}");
    let turns = other.yinju(&["chats", "show", "1"]).done().last()["turns"].clone();
    let citation = &turns[0]["citations"][0]["document"];
    assert_eq!(turns[0]["answer"], answer);
    assert!(documents(&other, "carried").iter().any(|d| d["id"] == citation["id"]), "{citation}");

    // A conversation about something else stays here.
    let private = root().join("assets/samples/bridge-paper-en.pdf");
    home.yinju(&["import", private.to_str().unwrap(), "--library", "private"]).done();
    ask("private");

    // With the files, which are opened and marked there.
    home.yinju(&["libraries", "export", "samples", "-o", path, "--originals"]).done();
    let there = folder.path().join("files");
    let (fourth, to) = (Home::new(), there.to_str().unwrap());
    let carried = fourth.yinju(&["libraries", "import", path, "--originals", to]).done();
    assert_eq!(carried.last()["conversations"], 1);
    let paths = documents(&fourth, "samples");
    assert!(paths.iter().all(|d| Path::new(d["path"].as_str().unwrap()).is_file()), "{paths:?}");
    fourth.yinju(&["highlight", "1", "-o", folder.path().to_str().unwrap()]).done();
    assert!(folder.path().join("kettle-manual-en.highlighted.pdf").is_file());

    damage_costs_itself(&file);
}

/// Damage is told by part, and costs no other.
fn damage_costs_itself(file: &Path) {
    let path = file.to_str().unwrap();
    damage_first_document(file);
    let third = Home::new();
    let run = third.yinju(&["libraries", "import", path]);
    let summary = &run.last()["summary"];
    assert_eq!((&summary["documents"], &summary["failed"]), (&3.into(), &1.into()));
    assert_eq!(documents(&third, "samples").len(), 2);
    fs::write(file, "no archive").unwrap();
    assert_eq!(third.yinju(&["libraries", "import", path]).code(), "bad_usage");
}

/// Packs the archive again with a byte of its first document turned.
fn damage_first_document(file: &Path) {
    let mut archive = zip::ZipArchive::new(fs::File::open(file).unwrap()).unwrap();
    let mut parts = Vec::new();
    for n in 0..archive.len() {
        let mut part = archive.by_index(n).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        let name = part.name().unwrap().into_owned();
        if name.ends_with("000001") {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x20;
        }
        parts.push((name, bytes));
    }
    let mut writer = zip::ZipWriter::new(fs::File::create(file).unwrap());
    for (name, bytes) in parts {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap();
}

#[cfg(unix)]
#[test]
fn an_interrupt_closes_in_order() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("one.md"), "# One\n\nThe heron stands by the weir.\n").unwrap();
    let path = folder.path().to_str().unwrap();
    home.yinju(&["watch", "add", path, "--library", "birds"]).done();
    let mut following = home.command(&["watch", "run"]).stdout(Stdio::piped()).spawn().unwrap();
    let told = BufReader::new(following.stdout.take().unwrap()).lines();
    let looked = told.map_while(Result::ok).find(|line| line.contains("summary"));
    assert!(looked.is_some());
    let interrupt = ["-INT", &following.id().to_string()].map(str::to_owned);
    assert!(Command::new("kill").args(interrupt).status().unwrap().success());
    assert!(following.wait().unwrap().success());
    let log = home.path().join("yinju.db-wal").metadata();
    assert!(log.map_or(0, |log| log.len()) == 0, "it was not closed");
    assert!(finds(&home, "heron stands"));
}
