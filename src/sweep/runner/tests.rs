//! Order, groups, shards, stops and errors of the runner, on work with known results.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

/// Squares, with a panic at 13 and groups of 4 whose results are chained.
struct Squares {
    count: u64,
    chained: bool,
}

impl Work for Squares {
    type Item = u64;
    type Memory<'w> = u64;
    type Result = (u64, u64);

    fn memory(&self) -> u64 {
        0
    }

    fn read(&self, index: u64, item: &mut u64) -> io::Result<bool> {
        *item = index;
        Ok(index < self.count)
    }

    fn solve(
        &self,
        memory: &mut u64,
        index: u64,
        item: &mut u64,
        result: &mut (u64, u64),
        _: &(dyn Fn() -> bool + Sync),
    ) {
        assert!(index != 13, "thirteen");
        let before = if self.chained && !index.is_multiple_of(4) {
            *memory
        } else {
            0
        };
        *memory = before + *item * *item;
        *result = (index, *memory);
    }

    fn panicked(&self, index: u64, _: &u64, message: &str, result: &mut (u64, u64)) {
        assert_eq!(message, "thirteen");
        *result = (index, u64::MAX);
    }

    fn group(&self) -> u64 {
        if self.chained { 4 } else { 1 }
    }
}

fn results(work: &Squares, options: &RunOptions) -> Vec<(u64, u64)> {
    let mut all = Vec::new();
    let mut take = |result: &(u64, u64)| {
        all.push(*result);
        Ok(())
    };
    let ran = run(work, options, Some(work.count), &mut take, &|_| {}).unwrap();
    assert_eq!(ran.ended, Ended::Finished);
    let expected = share(work.count, options.shard, work.group());
    assert_eq!(ran.done, expected.max(options.skip));
    all
}

/// Closed form: number, and its square or the sum of squares since the last multiple of 4.
#[test]
fn any_threads_batches_shards_and_starts_give_the_same_results() {
    for chained in [false, true] {
        let work = Squares {
            count: 103,
            chained,
        };
        let plain = RunOptions {
            threads: Some(1),
            ..RunOptions::default()
        };
        let whole = results(&work, &plain);
        let expected = |index: u64| {
            let first = if chained { index - index % 4 } else { index };
            match index {
                13 => u64::MAX,
                // The panic makes memory anew.
                14 | 15 if chained => (14..=index).map(|k| k * k).sum(),
                _ => (first..=index).map(|k| k * k).sum(),
            }
        };
        let numbers: Vec<(u64, u64)> = (0..103).map(|index| (index, expected(index))).collect();
        assert_eq!(whole, numbers);
        for (threads, batch) in [(2, 1), (3, 7), (8, 16)] {
            let options = RunOptions {
                threads: Some(threads),
                batch,
                ..RunOptions::default()
            };
            assert_eq!(results(&work, &options), whole);
            let mut merged = Vec::new();
            for part in 0..3 {
                let shard = RunOptions {
                    shard: (part, 3),
                    ..options.clone()
                };
                let own = results(&work, &shard);
                for skip in [1, 5, 20] {
                    let rest = results(
                        &work,
                        &RunOptions {
                            skip,
                            ..shard.clone()
                        },
                    );
                    assert_eq!(rest, own[usize::try_from(skip).unwrap()..]);
                }
                merged.extend(own);
            }
            merged.sort_unstable();
            assert_eq!(merged, whole);
        }
    }
}

#[test]
fn cancelling_leaves_a_whole_beginning() {
    let work = Squares {
        count: 1_000_000,
        chained: false,
    };
    let options = RunOptions {
        threads: Some(2),
        batch: 10,
        ..RunOptions::default()
    };
    let mut all = Vec::new();
    let cancel = options.cancel.clone();
    let mut take = |result: &(u64, u64)| {
        all.push(result.0);
        if all.len() == 500 {
            cancel.cancel();
        }
        Ok(())
    };
    let ran = run(&work, &options, None, &mut take, &|_| {}).unwrap();
    assert_eq!(ran.ended, Ended::Cancelled);
    assert_eq!(ran.done, all.len() as u64);
    assert!(all.len() >= 500 && all.len() < 1_000_000);
    assert!(
        all.iter()
            .zip(0..)
            .all(|(&index, expected)| index == expected)
    );
}

#[test]
fn a_sink_that_fails_ends_the_run() {
    let work = Squares {
        count: 1_000,
        chained: false,
    };
    let mut take = |result: &(u64, u64)| match result.0 {
        0..100 => Ok(()),
        _ => Err(io::Error::other("full")),
    };
    let ran = run(&work, &RunOptions::default(), None, &mut take, &|_| {});
    assert_eq!(ran.unwrap_err().to_string(), "full");
}
