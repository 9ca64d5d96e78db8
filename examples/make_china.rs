//! Makes `examples/china`: real cities, made-up reps.
//!
//! ```sh
//! cargo run --release --example make_china
//! ```
//!
//! The cities, their positions and populations are from GeoNames (CC BY 4.0). Everything else is
//! made up by this program from a fixed seed: reps, skills, abilities, calendars, customer classes,
//! current reps. Nobody in it is real.

use std::error::Error;
use std::fs;
use std::path::Path;

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

const SEED: u64 = 2027;
/// Smallest city that is a market, in people.
const SMALLEST_CITY: f64 = 165_000.0;
/// Reps who are there already; two candidates for hire come on top.
const REPS: usize = 40;
/// Potential in CNY a year: this many for (people)^0.85, so that a city ten times as large is worth
/// seven times as much.
const CNY_PER_PERSON_POWER: f64 = 14.0;
const POTENTIAL_EXPONENT: f64 = 0.85;
/// Cities of at least this many people are key customers, and half as many regular ones.
const KEY_PEOPLE: f64 = 1_500_000.0;
const REGULAR_PEOPLE: f64 = 450_000.0;
/// Share of markets that are established, with a current rep.
const ESTABLISHED_SHARE: f64 = 0.65;
/// Share of established markets whose current rep is not the nearest.
const ODD_SHARE: f64 = 0.12;

/// A city as GeoNames has it.
#[derive(Clone, Debug)]
struct City {
    id: String,
    name: String,
    province: String,
    latitude_deg: f64,
    longitude_deg: f64,
    people: f64,
}

/// A made-up rep.
#[derive(Clone, Debug)]
struct Rep {
    id: String,
    city: City,
    acquisition: f64,
    relationship: f64,
    skills: Vec<(&'static str, f64)>,
    team: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("examples/china");
    let cities = fs::read_to_string(folder.join("source/cities_cn.csv"))?;
    for (name, text) in tables(&cities)? {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// Every table of the example, by file name.
pub(crate) fn tables(cities_csv: &str) -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    let mut random = Random(Pcg64Mcg::seed_from_u64(SEED));
    let cities = read_cities(cities_csv)?;
    let reps = make_reps(&cities, &mut random);
    let mut tables = vec![
        ("reps.csv", reps_csv(&reps)?),
        ("bases.csv", bases_csv(&cities)?),
        ("rep_skills.csv", rep_skills_csv(&reps)?),
        ("leave.csv", leave_csv(&reps)?),
        ("workloads.csv", WORKLOADS.to_owned()),
    ];
    tables.extend(market_tables(&cities, &reps, &mut random)?);
    Ok(tables)
}

/// Visits and hours by class and role. Only key customers have a specialist.
const WORKLOADS: &str = "\
class,role,visits_per_month,hours_per_visit,season
key,owner,3,3,industry
regular,owner,1.5,3,industry
potential,owner,1,2,
key,specialist,0.5,4,
";

struct Random(Pcg64Mcg);

impl Random {
    /// A number in [low, high) with two decimals.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        let unit = f64::from(self.0.next_u32()) / 4_294_967_296.0;
        ((low + unit * (high - low)) * 100.0).round() / 100.0
    }

    fn chance(&mut self, share: f64) -> bool {
        f64::from(self.0.next_u32()) / 4_294_967_296.0 < share
    }

    fn below(&mut self, n: usize) -> usize {
        ((u64::from(self.0.next_u32()) * n as u64) >> 32) as usize
    }
}

fn read_cities(text: &str) -> Result<Vec<City>, Box<dyn Error>> {
    let mut cities: Vec<City> = Vec::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row?;
        let (english, local) = (&row[1], &row[2]);
        let people: f64 = row[6].parse()?;
        if people < SMALLEST_CITY {
            continue;
        }
        let mut id = if local.is_empty() { english } else { local }.to_owned();
        if cities.iter().any(|city| city.id == id) {
            id = format!("{id} ({})", &row[0]);
        }
        cities.push(City {
            id,
            name: english.to_owned(),
            province: row[3].to_owned(),
            latitude_deg: row[4].parse()?,
            longitude_deg: row[5].parse()?,
            people,
        });
    }
    Ok(cities)
}

fn km(a: &City, b: &City) -> f64 {
    let (lat_a, lat_b) = (a.latitude_deg.to_radians(), b.latitude_deg.to_radians());
    let half_lat = ((lat_b - lat_a) / 2.0).sin();
    let half_lon = ((b.longitude_deg - a.longitude_deg).to_radians() / 2.0).sin();
    let h = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lon * half_lon;
    2.0 * 6371.0 * h.sqrt().asin()
}

/// Homes one after the other: each next rep lives in the city where most work is left per rep
/// nearby, so that reps are spread like the work.
fn make_reps(cities: &[City], random: &mut Random) -> Vec<Rep> {
    let mut left: Vec<f64> = cities.iter().map(|city| work(city.people)).collect();
    let share = left.iter().sum::<f64>() / REPS as f64;
    let mut reps = Vec::new();
    for at in 0..REPS {
        let around = |home: &City| -> f64 {
            let near = cities.iter().zip(&left);
            near.map(|(city, left)| left / (1.0 + (km(home, city) / 150.0).powi(2)))
                .sum()
        };
        let home = cities
            .iter()
            .filter(|city| city.people >= 800_000.0)
            .max_by(|a, b| around(a).total_cmp(&around(b)).then(b.id.cmp(&a.id)))
            .expect("there are large cities")
            .clone();
        take_nearest(cities, &mut left, &home, share);
        reps.push(make_rep(at, home, random));
    }
    reps
}

/// Hours a year that a city asks for, roughly.
fn work(people: f64) -> f64 {
    match class(people) {
        "key" => 260.0,
        "regular" => 110.0,
        _ => 55.0,
    }
}

fn take_nearest(cities: &[City], left: &mut [f64], home: &City, mut share: f64) {
    let mut order: Vec<usize> = (0..cities.len()).collect();
    order.sort_by(|&a, &b| km(home, &cities[a]).total_cmp(&km(home, &cities[b])));
    for at in order {
        let taken = left[at].min(share);
        left[at] -= taken;
        share -= taken;
        if share <= 0.0 {
            break;
        }
    }
}

fn class(people: f64) -> &'static str {
    if people >= KEY_PEOPLE {
        "key"
    } else if people >= REGULAR_PEOPLE {
        "regular"
    } else {
        "potential"
    }
}

fn make_rep(at: usize, city: City, random: &mut Random) -> Rep {
    // Every third rep is a hunter, who wins new markets; the others are farmers, who keep them.
    let hunter = at.is_multiple_of(3);
    let strong = random.between(0.85, 1.0);
    let weak = random.between(0.5, 0.75);
    let (acquisition, relationship) = if hunter {
        (strong, weak)
    } else {
        (weak, strong)
    };
    let mut skills = vec![("mandarin", random.between(0.85, 1.0))];
    let south = ["Guangdong", "Guangxi", "Hainan"].contains(&city.province.as_str());
    if south || random.chance(0.1) {
        skills.push(("cantonese", random.between(0.6, 1.0)));
    }
    if at.is_multiple_of(2) {
        skills.push(("medical", random.between(0.5, 1.0)));
    }
    if at % 5 < 2 {
        skills.push(("automotive", random.between(0.5, 1.0)));
    }
    Rep {
        id: format!("rep-{:02}", at + 1),
        team: region(&city.province).to_owned(),
        city,
        acquisition,
        relationship,
        skills,
    }
}

/// The sales region of a province.
fn region(province: &str) -> &'static str {
    match province {
        "Beijing" | "Tianjin" | "Hebei" | "Shanxi" | "Nei Mongol" | "Shandong" => "North",
        "Liaoning" | "Jilin" | "Heilongjiang" => "Northeast",
        "Shanghai" | "Jiangsu" | "Zhejiang" | "Anhui" => "East",
        "Guangdong" | "Guangxi" | "Hainan" | "Fujian" => "South",
        "Henan" | "Hubei" | "Hunan" | "Jiangxi" => "Central",
        _ => "West",
    }
}

fn reps_csv(reps: &[Rep]) -> Result<String, Box<dyn Error>> {
    let mut csv = Csv::new(&[
        "id",
        "name",
        "team",
        "latitude_deg",
        "longitude_deg",
        "candidate",
        "fixed_cost",
        "start_date",
        "ramp_months",
        "acquisition",
        "relationship",
        "min_markets",
        "max_markets",
    ]);
    for (at, rep) in reps.iter().enumerate() {
        // One rep starts in November and needs four months to work full hours.
        let (start, ramp) = if at == 17 {
            ("2026-11-02", "4")
        } else {
            ("", "0")
        };
        csv.row(&[
            &rep.id,
            &format!("Rep of {}", rep.city.name),
            &rep.team,
            &rep.city.latitude_deg,
            &rep.city.longitude_deg,
            &false,
            &0,
            &start,
            &ramp,
            &rep.acquisition,
            &rep.relationship,
            &3,
            &40,
        ])?;
    }
    // Two people who could be hired: one in Urumqi, one in either of two cities.
    csv.row(&[
        &"hire-west",
        &"Candidate for Xinjiang",
        &"West",
        &43.8,
        &87.6,
        &true,
        &260_000,
        &"2026-11-02",
        &"2",
        &0.9,
        &0.7,
        &"",
        &40,
    ])?;
    csv.row(&[
        &"hire-south",
        &"Candidate for the South",
        &"South",
        &"",
        &"",
        &true,
        &0,
        &"2026-11-02",
        &"2",
        &0.8,
        &0.8,
        &"",
        &40,
    ])?;
    csv.finish()
}

fn bases_csv(cities: &[City]) -> Result<String, Box<dyn Error>> {
    let mut csv = Csv::new(&["rep", "id", "latitude_deg", "longitude_deg", "fixed_cost"]);
    for (name, cost) in [("Nanning", 240_000), ("Kunming", 225_000)] {
        let city = cities.iter().find(|city| city.name == name);
        let city = city.ok_or("a base is no market")?;
        csv.row(&[
            &"hire-south",
            &name,
            &city.latitude_deg,
            &city.longitude_deg,
            &cost,
        ])?;
    }
    csv.finish()
}

fn rep_skills_csv(reps: &[Rep]) -> Result<String, Box<dyn Error>> {
    let mut csv = Csv::new(&["rep", "skill", "level"]);
    for rep in reps {
        for (skill, level) in &rep.skills {
            csv.row(&[&rep.id, skill, level])?;
        }
    }
    for (rep, skill, level) in [
        ("hire-west", "mandarin", 0.95),
        ("hire-west", "automotive", 0.7),
        ("hire-south", "mandarin", 0.9),
        ("hire-south", "cantonese", 0.9),
        ("hire-south", "medical", 0.8),
    ] {
        csv.row(&[&rep, &skill, &level])?;
    }
    csv.finish()
}

/// One rep is away for two weeks in May, one for a week in August.
fn leave_csv(reps: &[Rep]) -> Result<String, Box<dyn Error>> {
    let mut csv = Csv::new(&["rep", "from", "to"]);
    csv.row(&[&reps[4].id, &"2027-05-17", &"2027-05-28"])?;
    csv.row(&[&reps[22].id, &"2027-08-09", &"2027-08-13"])?;
    csv.finish()
}

/// Markets with their needs, current reps, locks and forbidden pairs.
fn market_tables(
    cities: &[City],
    reps: &[Rep],
    random: &mut Random,
) -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    let mut markets = Csv::new(&[
        "id",
        "name",
        "region",
        "latitude_deg",
        "longitude_deg",
        "class",
        "potential",
        "newness",
        "family",
        "current_rep",
        "protected",
    ]);
    let mut needs = Csv::new(&["market", "skill", "minimum", "weight"]);
    let mut locks = Csv::new(&["market", "role", "rep"]);
    let mut locked = 0;
    for (at, city) in cities.iter().enumerate() {
        let established = random.chance(ESTABLISHED_SHARE);
        let asked = asked_skills(at, city, random);
        let able: Vec<&Rep> = reps.iter().filter(|rep| has(rep, &asked)).collect();
        let near = by_distance(&able, city);
        let current = match (established, random.chance(ODD_SHARE)) {
            (false, _) => None,
            (true, false) => near.first(),
            (true, true) => near.get(1 + random.below(3)),
        };
        let newness = if established {
            random.between(0.0, 0.3)
        } else {
            random.between(0.7, 1.0)
        };
        // A client group with sites in three cities wants one contact.
        let family = ["Jiangyin", "Yixing", "Zhenjiang"].contains(&city.name.as_str());
        let family = if family { "yangtze-group" } else { "" };
        let potential = CNY_PER_PERSON_POWER * city.people.powf(POTENTIAL_EXPONENT);
        let protected = current.is_some() && family.is_empty() && at % 97 == 5;
        markets.row(&[
            &city.id,
            &city.name,
            &city.province,
            &city.latitude_deg,
            &city.longitude_deg,
            &class(city.people),
            &(potential / 100.0).round().mul_add(100.0, 0.0),
            &newness,
            &family,
            &current.map_or("", |rep| rep.id.as_str()),
            &protected,
        ])?;
        for (skill, minimum, weight) in &asked {
            needs.row(&[&city.id, skill, minimum, weight])?;
        }
        if let Some(rep) = near.first()
            && locked < 3
            && at % 61 == 30
            && family.is_empty()
            && !protected
        {
            locks.row(&[&city.id, &"owner", &rep.id])?;
            locked += 1;
        }
    }
    let mut forbidden = Csv::new(&["market", "role", "rep"]);
    forbidden.row(&[
        &cities[12].id,
        &"",
        &by_distance(&reps.iter().collect::<Vec<_>>(), &cities[12])[0].id,
    ])?;
    Ok(vec![
        ("markets.csv", markets.finish()?),
        ("needs.csv", needs.finish()?),
        ("locks.csv", locks.finish()?),
        ("forbidden.csv", forbidden.finish()?),
    ])
}

/// Skills that a city's customers ask for: (skill, minimum, weight).
fn asked_skills(at: usize, city: &City, random: &mut Random) -> Vec<(&'static str, f64, f64)> {
    let mut asked = vec![("mandarin", 0.5, 1.0)];
    if city.province == "Guangdong" && random.chance(0.7) {
        asked.push(("cantonese", 0.5, 2.0));
    }
    // The Yangtze group's cities ask for nothing special, so that one rep can have them all.
    let group = ["Jiangyin", "Yixing", "Zhenjiang"].contains(&city.name.as_str());
    if !group && at % 7 == 3 {
        asked.push(("automotive", 0.4, 1.0));
    }
    asked
}

fn has(rep: &Rep, asked: &[(&str, f64, f64)]) -> bool {
    asked.iter().all(|(skill, minimum, _)| {
        let level = rep.skills.iter().find(|(name, _)| name == skill);
        level.is_some_and(|(_, level)| level >= minimum)
    })
}

fn by_distance<'a>(reps: &[&'a Rep], city: &City) -> Vec<&'a Rep> {
    let mut near = reps.to_vec();
    near.sort_by(|a, b| {
        km(&a.city, city)
            .total_cmp(&km(&b.city, city))
            .then(a.id.cmp(&b.id))
    });
    near
}

/// A CSV table being written.
struct Csv(csv::Writer<Vec<u8>>, Vec<String>);

impl Csv {
    fn new(header: &[&str]) -> Self {
        let header = header.iter().map(|name| (*name).to_owned()).collect();
        Self(csv::Writer::from_writer(Vec::new()), header)
    }

    fn row(&mut self, cells: &[&dyn std::fmt::Display]) -> Result<(), csv::Error> {
        if !self.1.is_empty() {
            self.0.write_record(self.1.drain(..))?;
        }
        self.0.write_record(cells.iter().map(ToString::to_string))
    }

    fn finish(self) -> Result<String, Box<dyn Error>> {
        Ok(String::from_utf8(self.0.into_inner()?)?)
    }
}
