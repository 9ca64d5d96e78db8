//! What each cause does alone.

use serde::Serialize;

use crate::scenario::Axis;

/// What the levels of an axis do to the value, one at a time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// Name of the axis.
    pub axis: String,
    /// The level with the lowest value, and the value, in money.
    pub low: (String, f64),
    /// The level with the highest value, and the value, in money.
    pub high: (String, f64),
    /// What lies between the highest and the lowest value, the problem as it is among them.
    pub range: f64,
}

/// The bars of a tornado, the widest first, from the values of [`OneAtATime`](crate::scenario::OneAtATime)
/// over the same axes, in its order. Levels without a value are passed over; so are axes without
/// any, and all of them where the problem as it is has none.
#[must_use]
pub fn tornado(axes: &[Axis], values: &[Option<f64>]) -> Vec<Bar> {
    let Some(base) = values.first().copied().flatten() else {
        return Vec::new();
    };
    let mut bars = Vec::new();
    let mut rest = values[1..].iter();
    for axis in axes {
        let levels = axis.levels.iter().zip(rest.by_ref());
        let levels: Vec<(&str, f64)> = levels
            .filter_map(|(level, value)| Some((&*level.name, (*value)?)))
            .collect();
        let by_value = |a: &&(&str, f64), b: &&(&str, f64)| a.1.total_cmp(&b.1);
        let (Some(low), Some(high)) = (
            levels.iter().min_by(by_value),
            levels.iter().max_by(by_value),
        ) else {
            continue;
        };
        bars.push(Bar {
            axis: axis.name.clone(),
            low: (low.0.to_owned(), low.1),
            high: (high.0.to_owned(), high.1),
            range: high.1.max(base) - low.1.min(base),
        });
    }
    bars.sort_by(|a, b| b.range.total_cmp(&a.range));
    bars
}

/// What a risk that happens alone costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Impact {
    /// Id of the scenario.
    pub id: String,
    /// Probability of the risk, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Value where it happens, in money; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What it costs: the value of the problem as it is less this value, in money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<f64>,
    /// Probability times loss, in money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_loss: Option<f64>,
}

/// Risks with their probabilities and their values where they happen alone, the dearest first: by
/// expected loss, or by loss where they have no probability. Those without a value come first of
/// all, as nothing is known to bear them.
#[must_use]
pub fn impacts(base: f64, risks: Vec<(String, Option<f64>, Option<f64>)>) -> Vec<Impact> {
    let impact = |(id, probability, value): (String, Option<f64>, Option<f64>)| {
        let loss = value.map(|value| base - value);
        Impact {
            id,
            probability,
            value,
            loss,
            expected_loss: probability.zip(loss).map(|(p, loss)| p * loss),
        }
    };
    let mut impacts: Vec<Impact> = risks.into_iter().map(impact).collect();
    let size = |impact: &Impact| {
        impact
            .expected_loss
            .or(impact.loss)
            .unwrap_or(f64::INFINITY)
    };
    impacts.sort_by(|a, b| size(b).total_cmp(&size(a)));
    impacts
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn the_widest_bar_comes_first() {
        let axis = |name: &str| {
            Axis::new(name)
                .level("low", Vec::new())
                .level("high", Vec::new())
        };
        let axes = [axis("price"), axis("demand"), axis("leave"), axis("gone")];
        let values = [100.0, 90.0, 105.0, 70.0, 130.0, 80.0, 85.0].map(Some);
        let values: Vec<Option<f64>> = values.into_iter().chain([None, None]).collect();
        let bars = tornado(&axes, &values);
        let found: Vec<_> = bars.iter().map(|bar| (&*bar.axis, bar.range)).collect();
        assert_eq!(found, [("demand", 60.0), ("leave", 20.0), ("price", 15.0)]);
        assert_eq!(bars[1].high, ("high".to_owned(), 85.0));
        assert!(tornado(&axes, &[None]).is_empty());
    }

    #[test]
    fn the_dearest_risk_comes_first() {
        let risk = |id: &str, p, v| (id.to_owned(), Some(p), v);
        let risks = vec![
            risk("rare", 0.01, Some(0.0)),
            risk("often", 0.5, Some(90.0)),
            risk("no plan", 0.1, None),
        ];
        let found = impacts(100.0, risks);
        let ids: Vec<_> = found
            .iter()
            .map(|one| (&*one.id, one.expected_loss))
            .collect();
        assert_eq!(
            ids,
            [("no plan", None), ("often", Some(5.0)), ("rare", Some(1.0))]
        );
    }
}
