//! Parameters that are refused, with the place.

use crate::curve::Curve;
use crate::fault::Code;

#[test]
fn each_bad_parameter_is_named() {
    let nan = f64::NAN;
    let cases: [(Result<Curve, _>, Code, &str); 14] = [
        (
            Curve::linear(-1.0, 4.0),
            Code::OutOfRange,
            "curve.linear.slope",
        ),
        (
            Curve::linear(1.0, f64::INFINITY),
            Code::NotFinite,
            "curve.linear.cap",
        ),
        (
            Curve::power(1.0, 1.2),
            Code::OutOfRange,
            "curve.power.exponent",
        ),
        (
            Curve::logarithmic(0.0, 1.0),
            Code::OutOfRange,
            "curve.logarithmic.scale",
        ),
        (
            Curve::exponential(1.0, nan),
            Code::NotFinite,
            "curve.exponential.rate",
        ),
        (
            Curve::hill(1.0, 1e-200, 2.0),
            Code::OutOfRange,
            "curve.hill.half",
        ),
        (
            Curve::hill(1.0, 1.0, 2e3),
            Code::OutOfRange,
            "curve.hill.shape",
        ),
        (
            Curve::adbudg(5.0, 4.0, 2.0, 1.0),
            Code::OutOfRange,
            "curve.adbudg.high",
        ),
        (
            Curve::adbudg(5.0, 8.0, 0.01, 1e100),
            Code::OutOfRange,
            "curve.adbudg.divisor",
        ),
        (Curve::tanh(1.0, 0.0), Code::OutOfRange, "curve.tanh.scale"),
        (
            Curve::sigmoid(1.0, 10.0, 71.0),
            Code::OutOfRange,
            "curve.sigmoid.middle",
        ),
        (
            Curve::points(vec![0.0], vec![1.0]),
            Code::BadLength,
            "curve.points",
        ),
        (
            Curve::points(vec![0.0, 1.0], vec![2.0, 1.0]),
            Code::OutOfRange,
            "curve.points[1].y",
        ),
        (
            Curve::points(vec![1.0, 2.0], vec![1.0, 2.0]),
            Code::OutOfRange,
            "curve.points[0].x",
        ),
    ];
    for (found, code, place) in cases {
        let faults = found.unwrap_err();
        let first = faults.iter().next().unwrap();
        assert_eq!(
            (first.code, first.place.to_string().as_str()),
            (code, place)
        );
        assert!(!first.hint.is_empty() && !first.expected.is_empty());
    }
}

#[test]
fn all_faults_are_given_at_once() {
    let faults = Curve::hill(-1.0, f64::NAN, 0.0).unwrap_err();
    assert_eq!(faults.len(), 3);
}
