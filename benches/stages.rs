//! Every stage from input to explanation, at three sizes.
//!
//! ```sh
//! cargo bench -p apportion-bench
//! cargo bench -p apportion-bench -- formulate/M
//! ```

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Duration;

use apportion_bench::generate::Size;
use apportion_bench::stages::{Case, STAGES};
use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};

/// One case of a size, made when the first bench that is not filtered out asks for it.
fn case(size: Size) -> &'static Case {
    static CASES: [LazyLock<Case>; 3] = [
        LazyLock::new(|| made(Size::S)),
        LazyLock::new(|| made(Size::M)),
        LazyLock::new(|| made(Size::L)),
    ];
    &CASES[size as usize]
}

fn made(size: Size) -> Case {
    Case::new(size).unwrap_or_else(|faults| panic!("the generator made a bad task: {faults}"))
}

/// Whether every bench runs just once, as CI does: the largest size is then left out.
fn is_smoke_run() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

fn stages(criterion: &mut Criterion) {
    let smoke = is_smoke_run();
    for (name, stage) in STAGES {
        let mut group = criterion.benchmark_group(name);
        group
            .sampling_mode(SamplingMode::Flat)
            .warm_up_time(Duration::from_millis(500))
            .measurement_time(Duration::from_secs(4));
        for size in Size::STAGES {
            if smoke && size == Size::L {
                continue;
            }
            group.sample_size(if size == Size::S { 50 } else { 10 });
            group.bench_function(
                BenchmarkId::from_parameter(format!("{size:?}")),
                |bencher| {
                    let case = case(size);
                    bencher.iter(|| stage(black_box(case)));
                },
            );
        }
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
