//! Every number and text of an input, with values that no task should have.

use apportion::domain::Problem;
use apportion::fault::Code;
use apportion::input::{
    Balance, CustomMetric, Distance, Input, Policy, Rep, Role, Season, Source, Workload,
};
use proptest::prelude::*;

use super::{faults, market};

/// Longest message of a fault, in characters, whatever names and numbers it repeats.
const LONGEST_MESSAGE: usize = 1000;

/// Something in every list and every optional number, without a fault.
pub(super) fn full() -> Input {
    let mut rep = Rep::new("li")
        .base("east", 1.0, 1.0, 1.0)
        .hours_per_day(8.0)
        .overtime(0.1, 1.0)
        .skill("medical", 1.0);
    rep.latitude_deg = Some(1.0);
    rep.longitude_deg = Some(1.0);
    rep.selling_share = Some(1.0);
    let mut market = market("a").needs("medical", 0.5).current("li");
    market.margin = Some(0.5);
    market.unserved_loss = Some(1.0);
    market.metrics.push(CustomMetric {
        metric: "beds".to_owned(),
        amount: 1.0,
    });
    let balance = Balance::of("beds").within(0.5).share("li", 1.0);
    let mut input = Input::new("full")
        .skill("medical")
        .role(Role::new("owner", 1.0).needs("medical", 0.1))
        .season(Season::new("busy", vec![1.0; 12]))
        .workload(Workload::new("key", "owner", 1.0, 1.0).season("busy"))
        .rep(rep)
        .market(market)
        .policy(
            Policy::new()
                .priority([("contribution", 1.0)], 0.0)
                .balance(balance)
                .max_share_of(Source::Market, 1.0),
        );
    input.policy.travel.max_km = Some(1000.0);
    input.policy.continuity.max_moved_potential_share = Some(0.5);
    input.distances.push(Distance {
        rep: "li".to_owned(),
        base: "east".to_owned(),
        market: "a".to_owned(),
        km: 10.0,
    });
    input
}

/// A numeric field: where faults place it, and how to set it.
type Field = (&'static str, fn(&mut Input, f64));

/// Every number of an input that is no count.
const NUMBERS: &[Field] = &[
    ("calendar.hours_per_day", |i, x| {
        i.calendar.hours_per_day = x
    }),
    ("calendar.selling_share", |i, x| {
        i.calendar.selling_share = x
    }),
    ("seasons[0].factors[3]", |i, x| i.seasons[0].factors[3] = x),
    ("roles[0].value_share", |i, x| i.roles[0].value_share = x),
    ("roles[0].unserved_loss_share", |i, x| {
        i.roles[0].unserved_loss_share = x
    }),
    ("roles[0].needs[0].minimum", |i, x| {
        i.roles[0].needs[0].minimum = x
    }),
    ("roles[0].needs[0].weight", |i, x| {
        i.roles[0].needs[0].weight = x
    }),
    ("workloads[0].visits_per_month", |i, x| {
        i.workloads[0].visits_per_month = x
    }),
    ("workloads[0].hours_per_visit", |i, x| {
        i.workloads[0].hours_per_visit = x
    }),
    ("reps[0].latitude_deg", |i, x| {
        i.reps[0].latitude_deg = Some(x)
    }),
    ("reps[0].longitude_deg", |i, x| {
        i.reps[0].longitude_deg = Some(x)
    }),
    ("reps[0].bases[0].latitude_deg", |i, x| {
        i.reps[0].bases[0].latitude_deg = x
    }),
    ("reps[0].bases[0].longitude_deg", |i, x| {
        i.reps[0].bases[0].longitude_deg = x
    }),
    ("reps[0].bases[0].fixed_cost", |i, x| {
        i.reps[0].bases[0].fixed_cost = x
    }),
    ("reps[0].fixed_cost", |i, x| i.reps[0].fixed_cost = x),
    ("reps[0].hours_per_day", |i, x| {
        i.reps[0].hours_per_day = Some(x)
    }),
    ("reps[0].selling_share", |i, x| {
        i.reps[0].selling_share = Some(x)
    }),
    ("reps[0].ramp_months", |i, x| i.reps[0].ramp_months = x),
    ("reps[0].overtime_max_share", |i, x| {
        i.reps[0].overtime_max_share = Some(x)
    }),
    ("reps[0].overtime_cost_per_hour", |i, x| {
        i.reps[0].overtime_cost_per_hour = Some(x)
    }),
    ("reps[0].skills[0].level", |i, x| {
        i.reps[0].skills[0].level = x
    }),
    ("reps[0].acquisition", |i, x| i.reps[0].acquisition = x),
    ("reps[0].relationship", |i, x| i.reps[0].relationship = x),
    ("markets[0].latitude_deg", |i, x| {
        i.markets[0].latitude_deg = x
    }),
    ("markets[0].longitude_deg", |i, x| {
        i.markets[0].longitude_deg = x
    }),
    ("markets[0].potential", |i, x| i.markets[0].potential = x),
    ("markets[0].margin", |i, x| i.markets[0].margin = Some(x)),
    ("markets[0].newness", |i, x| i.markets[0].newness = x),
    ("markets[0].visits_per_month", |i, x| {
        i.markets[0].visits_per_month = Some(x)
    }),
    ("markets[0].hours_per_visit", |i, x| {
        i.markets[0].hours_per_visit = Some(x)
    }),
    ("markets[0].needs[0].minimum", |i, x| {
        i.markets[0].needs[0].minimum = x
    }),
    ("markets[0].needs[0].weight", |i, x| {
        i.markets[0].needs[0].weight = x
    }),
    ("markets[0].unserved_loss", |i, x| {
        i.markets[0].unserved_loss = Some(x)
    }),
    ("markets[0].metrics[0].amount", |i, x| {
        i.markets[0].metrics[0].amount = x
    }),
    ("distances[0].km", |i, x| i.distances[0].km = x),
    ("policy.margin", |i, x| i.policy.margin = x),
    ("policy.priorities[0].goals.contribution", |i, x| {
        i.policy.priorities[0]
            .goals
            .insert("contribution".to_owned(), x);
    }),
    ("policy.priorities[0].allowed_loss", |i, x| {
        i.policy.priorities[0].allowed_loss = x
    }),
    ("policy.overtime.max_share", |i, x| {
        i.policy.overtime.max_share = x
    }),
    ("policy.overtime.cost_per_hour", |i, x| {
        i.policy.overtime.cost_per_hour = x
    }),
    ("policy.travel.speed_km_per_hour", |i, x| {
        i.policy.travel.speed_km_per_hour = x
    }),
    ("policy.travel.detour_factor", |i, x| {
        i.policy.travel.detour_factor = x
    }),
    ("policy.travel.overhead_hours_per_trip", |i, x| {
        i.policy.travel.overhead_hours_per_trip = x
    }),
    ("policy.travel.visits_per_trip", |i, x| {
        i.policy.travel.visits_per_trip = x
    }),
    ("policy.travel.cost_per_km", |i, x| {
        i.policy.travel.cost_per_km = x
    }),
    ("policy.travel.max_km", |i, x| {
        i.policy.travel.max_km = Some(x)
    }),
    ("policy.balance[0].min_ratio", |i, x| {
        i.policy.balance[0].min_ratio = Some(x)
    }),
    ("policy.balance[0].max_ratio", |i, x| {
        i.policy.balance[0].max_ratio = Some(x)
    }),
    ("policy.balance[0].ideal_within", |i, x| {
        i.policy.balance[0].ideal_within = x
    }),
    ("policy.balance[0].cost_per_unit", |i, x| {
        i.policy.balance[0].cost_per_unit = x
    }),
    ("policy.balance[0].shares.li", |i, x| {
        i.policy.balance[0].shares.insert("li".to_owned(), x);
    }),
    ("policy.continuity.cost_per_move", |i, x| {
        i.policy.continuity.cost_per_move = x
    }),
    ("policy.continuity.max_moved_potential_share", |i, x| {
        i.policy.continuity.max_moved_potential_share = Some(x);
    }),
    ("policy.concentration[0].max_share", |i, x| {
        i.policy.concentration[0].max_share = x;
    }),
];

#[test]
fn every_number_has_a_range() {
    let bad = [
        (f64::NAN, Code::NotFinite),
        (f64::INFINITY, Code::NotFinite),
        (f64::NEG_INFINITY, Code::NotFinite),
        (1e308, Code::OutOfRange),
        (-1e308, Code::OutOfRange),
        (-200.0, Code::OutOfRange),
    ];
    for (place, set) in NUMBERS {
        for (number, code) in bad {
            let mut input = full();
            set(&mut input, number);
            let found = faults(&input);
            let named = found
                .iter()
                .find(|fault| fault.code == code && fault.place.to_string() == *place);
            let named = named.unwrap_or_else(|| panic!("{place} takes {number}: {found}"));
            assert!(named.found.len() < 10, "{named}");
        }
    }
}

/// A number with which sums and products go wrong, or a harmless one.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => Just(1.0),
        2 => Just(0.0),
        1 => Just(-0.0),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(f64::NEG_INFINITY),
        1 => Just(1e308),
        1 => Just(-1.0),
        1 => any::<f64>(),
    ]
}

/// A known id, a date, or anything at all.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "", "li", "a", "key", "medical", "owner", "east", "busy", "travel", "beds", "2027-01-01",
            "2027-02-30", "9999-12-31", "-000001-01-01", "home", "\u{0}", "\u{202e}",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => Just("长".repeat(1_001)),
        1 => Just("x".repeat(100_000)),
    ]
}

/// Puts texts into every field that takes one.
fn put_texts(input: &mut Input, texts: &mut impl Iterator<Item = String>) {
    let mut put = |field: &mut String| {
        if let Some(text) = texts.next() {
            *field = text;
        }
    };
    put(&mut input.name);
    put(&mut input.calendar.start);
    put(&mut input.seasons[0].id);
    put(&mut input.skills[0]);
    put(&mut input.roles[0].id);
    put(&mut input.roles[0].needs[0].skill);
    put(&mut input.roles[0].same_as);
    put(&mut input.workloads[0].class);
    put(&mut input.workloads[0].role);
    put(&mut input.workloads[0].season);
    let rep = &mut input.reps[0];
    put(&mut rep.id);
    put(&mut rep.team);
    put(&mut rep.start_date);
    put(&mut rep.bases[0].id);
    put(&mut rep.skills[0].skill);
    let market = &mut input.markets[0];
    put(&mut market.id);
    put(&mut market.class);
    put(&mut market.family);
    put(&mut market.needs[0].skill);
    put(&mut market.current[0].role);
    put(&mut market.current[0].rep);
    put(&mut market.metrics[0].metric);
    put(&mut input.distances[0].rep);
    put(&mut input.distances[0].base);
    put(&mut input.distances[0].market);
    put(&mut input.policy.balance[0].metric);
}

/// Adds locks, dates and goals made of texts.
fn add_texts(input: Input, texts: &mut impl Iterator<Item = String>) -> Input {
    let mut next = || texts.next().unwrap_or_default();
    let mut input = input
        .lock(next(), next(), next())
        .forbid(next(), next(), next())
        .rep(Rep::new(next()).leave(next(), next()));
    input.calendar.holidays.push(next());
    input.calendar.extra_workdays.push(next());
    input.roles[0].distinct_from.push(next());
    input.roles[0].teams.push(next());
    input.policy.balance[0].roles.push(next());
    input.policy.balance[0].shares.insert(next(), 1.0);
    input.policy.weights.insert(next(), 1.0);
    input
}

proptest! {
    /// Whatever the numbers, texts and counts: an answer or faults with messages that can be read,
    /// never a panic.
    #[test]
    fn garbage_is_answered(
        numbers in prop::collection::vec(prop::option::of(number()), NUMBERS.len()),
        texts in prop::collection::vec(text(), 0..60),
        add_first in any::<bool>(),
        counts in prop::option::of((any::<u32>(), any::<u32>(), any::<u32>())),
        workdays in prop::collection::vec(any::<u8>(), 0..3),
    ) {
        let mut input = full();
        for ((_, set), number) in NUMBERS.iter().zip(numbers) {
            if let Some(number) = number {
                set(&mut input, number);
            }
        }
        if let Some((periods, min, max)) = counts {
            input.calendar.periods = periods;
            input.reps[0] = input.reps[0].clone().markets(min, max);
            input.policy.sizing.min_hires = Some(min);
            input.policy.sizing.max_hires = Some(max);
            input.policy.continuity.max_moves = Some(max);
        }
        input.calendar.workdays = workdays;
        let mut texts = texts.into_iter();
        if add_first {
            input = add_texts(input, &mut texts);
        }
        put_texts(&mut input, &mut texts);
        if let Err(found) = Problem::new(&input) {
            prop_assert!(!found.is_empty());
            for fault in &found {
                prop_assert!(fault.to_string().chars().count() <= LONGEST_MESSAGE, "{}", fault);
            }
        }
    }
}
