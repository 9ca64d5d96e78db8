//! An input for each fault.

use apportion::fault::Code;
use apportion::input::{
    Balance, Calendar, CustomMetric, Distance, Input, Market, Policy, Rep, Role, Season, Workload,
};

use super::{changed, market, sound, with_roles};

/// What is wrong, the input, the place, and a piece of what is found, expected or advised.
pub(super) type Case = (Code, Input, &'static str, &'static str);

pub(super) fn cases() -> Vec<Case> {
    [tables(), names(), contradictions(), absences()].concat()
}

/// Faults of single entries.
fn tables() -> Vec<Case> {
    let long = changed(|input| input.markets[0].name = "x".repeat(1001));
    let large = sound().market(market("b").potential(6e14));
    vec![
        (
            Code::EmptyTable,
            changed(|input| input.reps.clear()),
            "reps",
            "at least one rep",
        ),
        (
            Code::EmptyTable,
            changed(|input| input.markets.clear()),
            "markets",
            "at least one market",
        ),
        (
            Code::EmptyTable,
            sound().policy(Policy::new().priority([], 0.0)),
            "policy.priorities[0].goals",
            "at least one goal",
        ),
        (
            Code::DuplicateId,
            sound().rep(Rep::new("li").home(0.0, 0.0)),
            "reps[1].id",
            "found li, expected each id once",
        ),
        (
            Code::DuplicateId,
            sound().skill("medical").skill("medical"),
            "skills[1]",
            "medical",
        ),
        (
            Code::NotFinite,
            changed(|input| input.markets[0].potential = f64::NAN),
            "markets[0].potential",
            "NaN",
        ),
        (
            Code::OutOfRange,
            changed(|input| input.markets[0].newness = 1.5),
            "markets[0].newness",
            "found 1.5, expected a share from 0 to 1",
        ),
        (
            Code::OutOfRange,
            changed(|input| input.calendar.workdays = vec![1, 8]),
            "calendar.workdays",
            "1 (Monday) to 7 (Sunday)",
        ),
        (
            Code::EmptyId,
            sound().market(market("")),
            "markets[1].id",
            "nothing",
        ),
        (
            Code::TextTooLong,
            long,
            "markets[0].name",
            "1001 characters",
        ),
        (
            Code::BadDate,
            sound().calendar(Calendar::months(2027).holiday("2027-02-30")),
            "calendar.holidays[0]",
            "YYYY-MM-DD",
        ),
        (
            Code::BadDate,
            sound().calendar(Calendar {
                start: "2027-01-15".to_owned(),
                ..Calendar::months(2027)
            }),
            "calendar.start",
            "the first day of a month",
        ),
        (
            Code::BadLength,
            sound().season(Season::new("busy", [1.0, 2.0, 3.0])),
            "seasons[0].factors",
            "found 3 factors, expected 12 factors",
        ),
        (
            Code::TooManyNumbers,
            large.market(market("c").potential(6e14)),
            "markets.potential",
            "1e15",
        ),
    ]
}

/// Names of what does not exist.
fn names() -> Vec<Case> {
    let seasonal = Workload::new("key", "", 1.0, 1.0).season("buzy");
    let busy = Season::new("busy", vec![1.0; 12]);
    let custom = changed(|input| {
        input.markets[0].metrics.push(CustomMetric {
            metric: "beds".to_owned(),
            amount: 1.0,
        });
    });
    vec![
        (
            Code::UnknownSkill,
            changed(|input| input.markets[0] = market("a").needs("medcial", 0.5)).skill("medical"),
            "markets[0].needs[0].skill",
            "Did you mean `medical`?",
        ),
        (
            Code::UnknownRep,
            sound().lock("a", "", "wang"),
            "locks[0].rep",
            "found wang, expected the id of a rep",
        ),
        (
            Code::UnknownRep,
            changed(|input| input.markets[0] = market("a").current("zhao"))
                .rep(Rep::new("zhao").home(0.0, 0.0).candidate(1.0)),
            "markets[0].current[0].rep",
            "zhao, who is yet to be hired",
        ),
        (
            Code::UnknownMarket,
            sound().forbid("", "", "li"),
            "forbidden[0].market",
            "found nothing, expected the id of a market",
        ),
        (
            Code::UnknownRole,
            sound().lock("a", "expert", "li"),
            "locks[0].role",
            "the id of a role",
        ),
        (
            Code::UnknownClass,
            sound().market(Market::new("b")),
            "markets[1].class",
            "found no class, expected a class with a workload, or visits_per_month and hours_per_visit",
        ),
        (
            Code::UnknownMetric,
            sound().policy(Policy::new().balance(Balance::of("workloda"))),
            "policy.balance[0].metric",
            "Did you mean `workload`?",
        ),
        (
            Code::UnknownMetric,
            custom.policy(Policy::new().balance(Balance::of("bed"))),
            "policy.balance[0].metric",
            "Did you mean `beds`?",
        ),
        (
            Code::UnknownGoal,
            sound().policy(Policy::new().weight("travle", 1.0)),
            "policy.weights.travle",
            "Did you mean `travel`?",
        ),
        (
            Code::UnknownSeason,
            sound().season(busy).workload(seasonal),
            "workloads[0].season",
            "Did you mean `busy`?",
        ),
        (
            Code::UnknownBase,
            changed(|input| {
                input.distances.push(Distance {
                    rep: "li".to_owned(),
                    base: "west".to_owned(),
                    market: "a".to_owned(),
                    km: 10.0,
                });
            }),
            "distances[0].base",
            "one of the rep's bases",
        ),
    ]
}

/// Demands that cannot all be met.
fn contradictions() -> Vec<Case> {
    let two = || sound().rep(Rep::new("wang").home(31.2, 121.5));
    let protected = market("b").current("wang").protected();
    let distinct = with_roles(
        Role::new("owner", 0.8),
        Role::new("expert", 0.2).distinct_from("owner"),
    );
    let mut near = two().lock("a", "", "li");
    near.policy.travel.max_km = Some(100.0);
    vec![
        (
            Code::ContradictoryLocks,
            two().lock("a", "", "li").lock("a", "owner", "wang"),
            "locks[1].rep",
            "found wang, expected li",
        ),
        (
            Code::ContradictoryLocks,
            two().market(protected).lock("b", "", "li"),
            "locks[0].rep",
            "found li, expected wang",
        ),
        (
            Code::ContradictoryLocks,
            two()
                .market(market("b").family("f"))
                .market(market("c").family("f"))
                .lock("b", "", "li")
                .lock("c", "", "wang"),
            "locks[1].rep",
            "li, as for the rest of family f",
        ),
        (
            Code::ContradictoryLocks,
            distinct.lock("b", "owner", "li").lock("b", "expert", "li"),
            "locks[1].rep",
            "a rep other than that of role owner",
        ),
        (
            Code::LockForbidden,
            sound().lock("a", "", "li").forbid("a", "", "li"),
            "locks[0].rep",
            "a rep who is not forbidden",
        ),
        (
            Code::LockIneligible,
            sound()
                .skill("medical")
                .market(market("b").needs("medical", 0.5))
                .lock("b", "", "li"),
            "locks[0].rep",
            "found li with skill medical at 0, expected at least 0.5",
        ),
        (
            Code::LockIneligible,
            near,
            "locks[0].rep",
            "expected at most 100 km",
        ),
        (
            Code::MinAboveMax,
            sound().rep(Rep::new("wang").home(0.0, 0.0).markets(5, 2)),
            "reps[1].min_markets",
            "found 5, expected at most max_markets, 2",
        ),
        (
            Code::MinAboveMax,
            sound().rep(
                Rep::new("wang")
                    .home(0.0, 0.0)
                    .leave("2027-05-02", "2027-05-01"),
            ),
            "reps[1].leave[0].to",
            "a day not before 2027-05-02",
        ),
        (
            Code::ContradictoryRoles,
            with_roles(
                Role::new("owner", 0.8),
                Role::new("expert", 0.2)
                    .same_as("owner")
                    .distinct_from("owner"),
            ),
            "roles[1].distinct_from",
            "a role that does not share its rep with this one",
        ),
        (
            Code::ContradictoryRoles,
            with_roles(
                Role::new("owner", 0.8),
                Role::new("expert", 0.2).same_as("expert"),
            ),
            "roles[1].same_as",
            "another role",
        ),
        (
            Code::GoalTwice,
            sound().policy(
                Policy::new()
                    .weight("travel", 1.0)
                    .priority([("contribution", 1.0)], 0.0),
            ),
            "policy.priorities",
            "weights and priorities",
        ),
        (
            Code::GoalTwice,
            sound().policy(
                Policy::new()
                    .priority([("travel", 1.0)], 0.0)
                    .priority([("travel", 1.0)], 0.0),
            ),
            "policy.priorities[1].goals.travel",
            "each goal in one priority",
        ),
    ]
}

/// What has to be there and is not.
fn absences() -> Vec<Case> {
    vec![
        (
            Code::ProtectedWithoutRep,
            sound().market(market("b").protected()),
            "markets[1].protected",
            "found no current rep",
        ),
        (
            Code::NoCapacity,
            changed(|input| input.reps[0].hours_per_day = Some(0.0)),
            "reps",
            "a rep with hours in some period",
        ),
        (
            Code::NoHome,
            sound().rep(Rep::new("wang")),
            "reps[1].latitude_deg",
            "latitude_deg and longitude_deg, or a base",
        ),
        (
            Code::NoRoleForMarket,
            with_roles(Role::new("owner", 0.8), Role::new("expert", 0.2)).lock("a", "expert", "li"),
            "locks[0].role",
            "found expert, expected a role that the market has",
        ),
    ]
}
