//! `cargo xtask edges`: who may know whom, as `deny.toml` has it, checked on the graph cargo
//! resolves; so that a wrong edge fails the test run also where cargo-deny is not installed.

use crate::place::Place;
use crate::steps::{output, program};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::HashMap;

/// A crate and the only crates that may use it.
#[derive(Debug, PartialEq, Eq)]
struct Rule {
    engine: String,
    wrappers: Vec<String>,
}

/// Checks the workspace and fails with every wrong edge.
pub fn run(place: &Place) -> Result<()> {
    let text = std::fs::read_to_string(place.root.join("deny.toml")).context("deny.toml")?;
    let rules = rules(&text)?;
    let metadata: Value = serde_json::from_str(&output(metadata_command(place)?)?)?;
    let wrong = wrong_edges(&rules, &used_by(&metadata));
    if wrong.is_empty() {
        println!("edges: {} engines are used only by their adapters", rules.len());
        return Ok(());
    }
    bail!("edges that deny.toml forbids:\n{}", wrong.join("\n"))
}

fn metadata_command(place: &Place) -> Result<std::process::Command> {
    let version = output(program(place, &["rustc", "-vV"]))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc does not name its host")?;
    let words = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform"];
    let mut command = program(place, &words);
    command.arg(host);
    Ok(command)
}

fn rules(text: &str) -> Result<Vec<Rule>> {
    let file: toml::Table = text.parse()?;
    let denied = file.get("bans").and_then(|bans| bans.get("deny")).and_then(|d| d.as_array());
    let denied = denied.context("deny.toml has no bans.deny")?;
    Ok(denied.iter().filter_map(rule).collect())
}

fn rule(entry: &toml::Value) -> Option<Rule> {
    let engine = entry.get("crate")?.as_str()?.to_owned();
    let wrappers = entry.get("wrappers").and_then(|w| w.as_array());
    let names = wrappers.into_iter().flatten().filter_map(|w| w.as_str()).map(str::to_owned);
    Some(Rule { engine, wrappers: names.collect() })
}

/// For every crate of the graph the names of those that depend on it.
fn used_by(metadata: &Value) -> HashMap<&str, Vec<&str>> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let names: HashMap<_, _> =
        packages.filter_map(|p| Some((p["id"].as_str()?, p["name"].as_str()?))).collect();
    let mut used_by: HashMap<&str, Vec<&str>> = HashMap::new();
    for node in metadata["resolve"]["nodes"].as_array().into_iter().flatten() {
        let user = node["id"].as_str().and_then(|id| names.get(id));
        for edge in node["deps"].as_array().into_iter().flatten() {
            let engine = edge["pkg"].as_str().and_then(|id| names.get(id));
            if let (Some(user), Some(engine)) = (user, engine) {
                used_by.entry(engine).or_default().push(user);
            }
        }
    }
    used_by
}

fn wrong_edges(rules: &[Rule], used_by: &HashMap<&str, Vec<&str>>) -> Vec<String> {
    let mut wrong = Vec::new();
    for rule in rules {
        for user in used_by.get(rule.engine.as_str()).into_iter().flatten() {
            if !rule.wrappers.iter().any(|wrapper| wrapper == user) {
                wrong.push(format!("  {user} -> {}", rule.engine));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENY: &str = "[bans]\ndeny = [{ crate = 'engine', wrappers = ['adapter'] }]";

    fn graph(users: &[&str]) -> Value {
        let ids = users.iter().chain(&["engine"]);
        let packages: Vec<_> =
            ids.map(|name| serde_json::json!({ "id": name, "name": name })).collect();
        let nodes: Vec<_> = users
            .iter()
            .map(|name| serde_json::json!({ "id": name, "deps": [{ "pkg": "engine" }] }))
            .collect();
        serde_json::json!({ "packages": packages, "resolve": { "nodes": nodes } })
    }

    fn check(users: &[&str], expected: &[&str]) {
        let graph = graph(users);
        assert_eq!(wrong_edges(&rules(DENY).unwrap(), &used_by(&graph)), expected);
    }

    #[test]
    fn only_the_adapter_may_use_the_engine() {
        check(&["adapter"], &[]);
        check(&["adapter", "shell"], &["  shell -> engine"]);
    }
}
