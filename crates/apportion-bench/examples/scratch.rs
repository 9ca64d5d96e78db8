//! Scratch.
fn main() {
    for path in std::env::args().skip(2) {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut it = text.split_ascii_whitespace().map(|t| t.parse::<i64>().unwrap());
        let m = it.next().unwrap() as usize;
        let n = it.next().unwrap() as usize;
        let c = it.by_ref().take(m * n).collect();
        let a = it.by_ref().take(m * n).collect();
        let b = it.by_ref().take(m).collect();
        let instance = apportion::prices::gap::Instance::new(m, n, c, a, b).unwrap();
        println!("{path}");
        apportion::prices::gap::scratch(&instance, std::env::args().nth(1).unwrap().parse().unwrap());
    }
}
