//! Published scenarios, where their files are at hand.
#![allow(
    clippy::unwrap_used,
    reason = "a test should fail at the first surprise"
)]

use std::path::{Path, PathBuf};

use apportion_bench::salesforce::{Grid, Published, Scenario};
use apportion_bench::sweep::Sweep;

fn folder() -> Option<PathBuf> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = top.join("../shared/data/salesforce");
    let there = folder.join("best_known.csv").exists();
    if !there {
        println!("skipped: no published scenarios in {}", folder.display());
    }
    there.then_some(folder)
}

#[test]
fn five_scenarios_of_each_grid_reach_the_published_optimum() {
    let Some(folder) = folder() else { return };
    let published = Published::read(&folder).unwrap();
    let all = Scenario::all();
    let chosen: Vec<Scenario> = (0..5).map(|k| all[k * 138 + 7]).collect();
    for name in ["msc2014", "30"] {
        let grid = Grid::read(&folder, name).unwrap();
        let sweep = Sweep::run(&grid, &chosen, 2).unwrap();
        let summary = sweep.summary(&published);
        assert_eq!(summary["proved"], 5, "{summary}");
        assert_eq!(summary["equal"], 5, "{summary}");
        assert!(summary["max_gap"].as_f64().unwrap() <= 1e-8, "{summary}");
    }
}

#[test]
fn the_value_is_none_where_the_assignment_breaks_a_rule() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("weight_tiny.csv"), "100\n50\n").unwrap();
    let table = "0.0\t30.0\n30.0\t0.0\n";
    std::fs::write(folder.path().join("distance_tiny.csv"), table).unwrap();
    let grid = Grid::read(folder.path(), "tiny").unwrap();
    let scenario = Scenario::all()[0];
    let value = |open: &[u32], site: &[Option<u32>]| grid.value(&scenario, open, site);
    assert!(value(&[0], &[Some(0), Some(0)]).is_some());
    assert!(value(&[0], &[Some(0), None]).is_none());
    assert!(value(&[0], &[Some(0), Some(1)]).is_none());
    assert!(value(&[0, 1], &[Some(0), Some(0)]).is_none());
    assert!(value(&[0], &[Some(0)]).is_none());
    let sweep = Sweep::run(&grid, &[scenario], 1).unwrap();
    let summary = sweep.summary(&Published::read(folder.path()).unwrap());
    assert_eq!(summary["published"], 0, "{summary}");
    assert_eq!(summary["proved"], 1, "{summary}");
    assert!(sweep.lines(&[])[0]["published"].is_null());
}
