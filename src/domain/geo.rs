//! Distances on the globe.

/// Mean radius of the Earth in kilometres (IUGG mean radius R₁).
pub const EARTH_RADIUS_KM: f64 = 6371.0088;

/// A position.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Position {
    /// Latitude in degrees, −90 to 90.
    pub latitude_deg: f64,
    /// Longitude in degrees, −180 to 180.
    pub longitude_deg: f64,
}

/// A position with what the haversine formula needs of it, worked out once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Located {
    latitude_rad: f64,
    longitude_rad: f64,
    cos_latitude: f64,
}

impl From<Position> for Located {
    fn from(position: Position) -> Self {
        let latitude_rad = position.latitude_deg.to_radians();
        Self {
            latitude_rad,
            longitude_rad: position.longitude_deg.to_radians(),
            cos_latitude: latitude_rad.cos(),
        }
    }
}

impl Located {
    /// Great-circle distance in kilometres, by the haversine formula (Sinnott 1984).
    pub(crate) fn km_to(&self, other: &Located) -> f64 {
        let half_lat = ((other.latitude_rad - self.latitude_rad) / 2.0).sin();
        let half_lon = ((other.longitude_rad - self.longitude_rad) / 2.0).sin();
        let h = half_lat * half_lat + self.cos_latitude * other.cos_latitude * half_lon * half_lon;
        2.0 * EARTH_RADIUS_KM * h.sqrt().min(1.0).asin()
    }

    /// A lower limit on the distance in kilometres that needs no sine.
    pub(crate) fn km_at_least(&self, other: &Located) -> f64 {
        EARTH_RADIUS_KM * (self.latitude_rad - other.latitude_rad).abs()
    }
}

/// Great-circle distance between two positions in kilometres, 0 to about 20 015.
#[must_use]
pub fn great_circle_km(a: Position, b: Position) -> f64 {
    Located::from(a).km_to(&Located::from(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A quarter of a great circle is π/2 times the radius (closed form).
    #[test]
    fn quarter_circle() {
        let equator = Position::default();
        let pole = Position {
            latitude_deg: 90.0,
            longitude_deg: 0.0,
        };
        let quarter = std::f64::consts::FRAC_PI_2 * EARTH_RADIUS_KM;
        assert!((great_circle_km(equator, pole) - quarter).abs() < 1e-9);
    }

    /// The two limits meet on a meridian and the cheap one never exceeds the distance.
    #[test]
    fn lower_limit_holds() {
        let a = Position {
            latitude_deg: 31.2,
            longitude_deg: 121.5,
        };
        let b = Position {
            latitude_deg: 39.9,
            longitude_deg: 116.4,
        };
        let (a, b) = (Located::from(a), Located::from(b));
        assert!(a.km_at_least(&b) <= a.km_to(&b));
    }
}
