//! Values, slopes, inverses, envelopes, conjugates, pieces.

use super::{Curve, families, grid, near};

/// (x, f, f′) by mpmath 1.4.1 with 40 digits from the formulas in the table of `curve`, f′ by its
/// numerical differentiation, printed to 17 digits.
const EXPECTED: [[(f64, f64, f64); 3]; 11] = [
    [(0.5, 1.25, 2.5), (17.0, 42.5, 2.5), (120.0, 100.0, 0.0)],
    [
        (0.5, 2.2735748497655971, 1.8188598798124777),
        (17.0, 9.3175305047931964, 0.21923601187748697),
        (120.0, 20.360749141629531, 0.06786916380543177),
    ],
    [
        (0.5, 0.41281712060798875, 0.81159420289855072),
        (17.0, 9.4068185259409134, 0.38356164383561644),
        (120.0, 26.888516271311499, 0.089361702127659574),
    ],
    [
        (0.5, 2.2221079174500598, 4.388894604127497),
        (17.0, 51.5326561246146, 1.92336719376927),
        (120.0, 89.776912304100028, 0.011154384794998613),
    ],
    [
        (0.5, 5.385802632223696, 7.1340275052074267),
        (17.0, 40.189178787372516, 0.98977850058453),
        (120.0, 72.520042532400478, 0.11624944825310095),
    ],
    [
        (0.5, 0.0023812029255034051, 0.012381960365994341),
        (17.0, 18.591752838055302, 2.3147983685628831),
        (120.0, 97.351579001940426, 0.055862725971648815),
    ],
    [
        (0.5, 5.0538066056658508, 0.19356481315802544),
        (17.0, 26.807236045273965, 1.6376289310041195),
        (120.0, 74.938817110183695, 0.070794628898410707),
    ],
    [
        (0.5, 1.3725490196078431, 2.6912725874663591),
        (17.0, 28.333333333333333, 0.99206349206349206),
        (120.0, 57.931034482758621, 0.083234244946492271),
    ],
    [
        (0.5, 0.85708455286448457, 1.7139359076520196),
        (17.0, 27.048498094245317, 1.3658946432598131),
        (120.0, 59.873902829726581, 0.0071979809221234615),
    ],
    [
        (0.5, 0.89993250607444679, 1.7995950607422553),
        (17.0, 28.196711935982257, 1.4024727179996179),
        (120.0, 59.910476539939596, 0.0053674003786736257),
    ],
    [
        (0.5, 0.062924142169526886, 0.13207708258740128),
        (17.0, 12.840649319286044, 1.9661193324148185),
        (120.0, 49.393578097042295, 3.0748798606768381e-8),
    ],
];

#[test]
fn values_and_slopes_are_those_computed_elsewhere() {
    for (curve, rows) in families().iter().zip(EXPECTED) {
        for (x, value, slope) in rows {
            near(curve.value(x), value, 4e-15);
            near(curve.derivative(x), slope, 2e-14);
        }
    }
}

#[test]
fn slopes_are_those_of_finite_differences() {
    for curve in families() {
        for x in [0.3, 5.0, 21.0, 55.0, 200.0] {
            let step = 1e-5 * x;
            let slope = (curve.value(x + step) - curve.value(x - step)) / (2.0 * step);
            near(curve.derivative(x) + 1e-6, slope + 1e-6, 1e-5);
            let ends = [x + step, x - step].map(|x| curve.derivative(x));
            let bend = (ends[0] - ends[1]) / (2.0 * step);
            near(curve.second_derivative(x) + 1e-6, bend + 1e-6, 1e-4);
        }
    }
}

#[test]
fn nothing_brings_exactly_the_base_and_nothing_overflows() {
    for curve in families() {
        assert_eq!(curve.value(0.0), curve.base());
        assert_eq!(curve.value(-1.0), curve.base());
        for x in [1e-300, 1e-30, 1e30, 1e300, f64::MAX] {
            assert!(curve.value(x).is_finite(), "{curve:?} at {x}");
            assert!(curve.derivative(x) >= 0.0, "{curve:?} at {x}");
        }
    }
    let steep = Curve::hill(1.0, 1.0, 1000.0).unwrap();
    near(steep.value(0.5), 0.5_f64.powi(1000), 1e-12);
    assert_eq!(steep.value(2.0), 1.0);
}

#[test]
fn the_inverse_slope_inverts_the_slope_on_the_concave_part() {
    for curve in &families()[1..11] {
        let start = curve.inflection().unwrap_or(0.0);
        for past in [0.01, 1.0, 20.0, 70.0] {
            let x = start + past;
            near(curve.inverse_derivative(curve.derivative(x)), x, 1e-7);
        }
        assert_eq!(curve.inverse_derivative(0.0), f64::INFINITY);
        if curve.derivative(start).is_finite() {
            near(
                curve.inverse_derivative(2.0 * curve.derivative(start)),
                start,
                1e-12,
            );
        }
    }
    assert_eq!(families()[0].inverse_derivative(1.0), 40.0);
    assert_eq!(families()[11].inverse_derivative(1.0), 30.0);
}

#[test]
fn the_slope_turns_at_the_inflection() {
    for curve in families() {
        let Some(at) = curve.inflection() else {
            continue;
        };
        near(
            curve.derivative(0.99 * at).max(curve.derivative(1.01 * at)),
            curve.derivative(at),
            1e-3,
        );
        assert!(curve.derivative(0.99 * at) < curve.derivative(at));
        assert!(curve.derivative(1.01 * at) < curve.derivative(at));
    }
}

#[test]
fn envelopes_are_concave_and_touch_the_curve_from_above() {
    for curve in families() {
        for (lo, hi) in [
            (0.0, 100.0),
            (4.0, 35.0),
            (0.0, 8.0),
            (50.0, 90.0),
            (7.0, 7.0),
        ] {
            let envelope = curve.envelope(lo, hi);
            let at: Vec<f64> = grid(hi - lo, 400).map(|past| lo + past).collect();
            let values: Vec<f64> = at.iter().map(|x| envelope.value(*x)).collect();
            for (x, value) in at.iter().zip(&values) {
                assert!(value + 1e-12 >= curve.value(*x), "{curve:?} at {x}");
            }
            for three in values.windows(3) {
                assert!(three[1] + 1e-11 >= 0.5 * (three[0] + three[2]), "{curve:?}");
            }
            near(values[0], curve.value(lo), 1e-14);
            near(values[400], curve.value(hi), 1e-14);
            let highest = highest_line(&curve, &at, 120);
            near(values[120], highest, 1e-3);
        }
    }
}

/// The highest line between two grid points over a point between them.
fn highest_line(curve: &Curve, at: &[f64], middle: usize) -> f64 {
    let mut highest = curve.value(at[middle]);
    for left in 0..middle {
        for right in middle + 1..at.len() {
            let share = (middle - left) as f64 / (right - left) as f64;
            let line = curve.value(at[left]) * (1.0 - share) + curve.value(at[right]) * share;
            highest = highest.max(line);
        }
    }
    highest
}

#[test]
fn the_best_response_is_the_best_of_a_fine_grid() {
    for curve in families() {
        for price in [0.0, 0.05, 0.3, 0.9, 1.7, 2.5, 6.0] {
            for (lo, hi) in [(0.0, 100.0), (3.0, 20.0), (45.0, 80.0)] {
                let best = curve.best_response(price, lo, hi);
                assert!((lo..=hi).contains(&best.x));
                near(best.gain, curve.value(best.x) - price * best.x, 1e-14);
                let gains =
                    grid(hi - lo, 20_000).map(|past| curve.value(lo + past) - price * (lo + past));
                let most = gains.fold(f64::NEG_INFINITY, f64::max);
                assert!(best.gain >= most - 1e-12, "{curve:?} at {price}");
                assert!(best.gain <= most + 1e-4, "{curve:?} at {price}");
            }
        }
    }
}

#[test]
fn pieces_keep_the_error_that_they_state() {
    for curve in families() {
        for error in [1.0, 0.01] {
            let pieces = curve.pieces(0.0, 150.0, error);
            assert!(pieces.error <= error, "{curve:?}");
            let mut worst = 0.0_f64;
            for x in grid(150.0, 10_000) {
                let after = pieces
                    .x
                    .partition_point(|at| *at <= x)
                    .clamp(1, pieces.x.len() - 1);
                let (a, b) = (after - 1, after);
                let share = (x - pieces.x[a]) / (pieces.x[b] - pieces.x[a]);
                let line = pieces.y[a] + share * (pieces.y[b] - pieces.y[a]);
                worst = worst.max((line - curve.value(x)).abs());
            }
            assert!(worst <= pieces.error + 1e-12, "{curve:?}: {worst}");
            assert!(worst >= 0.5 * pieces.error - 1e-9, "{curve:?}: {worst}");
        }
    }
}

#[test]
fn conventions_of_other_tools_are_their_formulas() {
    let x = 37.0_f64;
    let check = |curve: Curve, expected: f64| near(curve.value(x), expected, 1e-13);
    let hill = |half: f64, shape: f64| 1.0 / (1.0 + (x / half).powf(-shape));
    check(
        Curve::from_robyn_hill(9.0, 2.2, 41.0).unwrap(),
        9.0 * hill(41.0, 2.2),
    );
    let gamma = Curve::from_robyn_gamma(9.0, 2.2, 0.3, 0.0, 100.0);
    check(gamma.unwrap(), 9.0 * hill(30.0, 2.2));
    check(
        Curve::from_robyn_mic_men(8.0, 12.0).unwrap(),
        8.0 * x / (12.0 + x),
    );
    check(
        Curve::from_meridian_hill(9.0, 0.8, 1.0, 50.0).unwrap(),
        9.0 * hill(40.0, 1.0),
    );
    check(
        Curve::from_lightweight_hill(9.0, 0.5, 1.4, 50.0).unwrap(),
        9.0 * hill(25.0, 1.4),
    );
    let power = Curve::from_lightweight_power(9.0, 0.6, 50.0).unwrap();
    check(power, 9.0 * (x / 50.0).powf(0.6));
    check(
        Curve::from_pymc_hill(2.2, 41.0, 9.0).unwrap(),
        9.0 * hill(41.0, 2.2),
    );
    let logistic = |rate: f64| (1.0 - (-rate * x).exp()) / (1.0 + (-rate * x).exp());
    check(
        Curve::from_pymc_logistic(0.05, 9.0).unwrap(),
        9.0 * logistic(0.05),
    );
    let scaled = Curve::from_pymc_inverse_scaled_logistic(x, 9.0).unwrap();
    check(scaled, 4.5);
    check(
        Curve::from_pymc_tanh(9.0, 3.0).unwrap(),
        9.0 * (x / 27.0).tanh(),
    );
    let baselined = Curve::from_pymc_tanh_baselined(x, 0.2, 0.7).unwrap();
    check(baselined, 0.2 * x);
    check(
        Curve::from_pymc_michaelis_menten(8.0, 12.0).unwrap(),
        8.0 * x / (12.0 + x),
    );
    let sigma = |a: f64| 1.0 / (1.0 + (-a).exp());
    let sigmoid = Curve::from_pymc_hill_sigmoid(9.0, 0.1, 30.0).unwrap();
    check(sigmoid, 9.0 * sigma(0.7) - 9.0 * sigma(-3.0));
    check(Curve::from_pymc_root(0.6, 9.0).unwrap(), 9.0 * x.powf(0.6));
    let answers = [20.0, 30.0].map(|x| Curve::adbudg(5.0, 80.0, 1.8, 400.0).unwrap().value(x));
    let adbudg = Curve::adbudg_from_answers(5.0, 80.0, 20.0, answers[0], answers[1]).unwrap();
    check(
        adbudg,
        Curve::adbudg(5.0, 80.0, 1.8, 400.0).unwrap().value(x),
    );
}

#[test]
fn curves_come_back_from_json() {
    for curve in families() {
        let text = serde_json::to_string(&curve).unwrap();
        assert_eq!(serde_json::from_str::<Curve>(&text).unwrap(), curve);
    }
}
