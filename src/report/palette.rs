//! Colors that can be told apart.

use plotters::style::RGBColor;

/// Turn of the hue from one color to the next, as a share of the circle. With three lightnesses it
/// gives 42 colors, those of one lightness a fourteenth of the circle apart; then they repeat.
const TURN: f64 = 5.0 / 42.0;
/// Lightness of neighboring colors, in turn, so that like hues differ in lightness.
const LIGHTNESS: [f64; 3] = [0.46, 0.64, 0.32];
/// Saturation of every color.
const SATURATION: f64 = 0.68;

/// The color of an entry: the same for the same position, far from those of its neighbors.
pub(super) fn color(at: usize) -> RGBColor {
    #[allow(clippy::cast_precision_loss, reason = "positions are small")]
    let hue = (0.58 + TURN * at as f64).fract();
    from_hsl(hue, SATURATION, LIGHTNESS[at % LIGHTNESS.len()])
}

/// Red, green and blue of hue, saturation and lightness, each 0 to 1.
fn from_hsl(hue: f64, saturation: f64, lightness: f64) -> RGBColor {
    let reach = saturation * lightness.min(1.0 - lightness);
    let channel = |offset: f64| {
        let turn = (offset + 12.0 * hue).rem_euclid(12.0);
        let level = lightness - reach * (turn - 3.0).min(9.0 - turn).clamp(-1.0, 1.0);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the level lies between 0 and 1"
        )]
        let byte = (255.0 * level).round() as u8;
        byte
    };
    RGBColor(channel(0.0), channel(8.0), channel(4.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The corners of the color solid are known.
    #[test]
    fn pure_hues() {
        assert_eq!(from_hsl(0.0, 1.0, 0.5), RGBColor(255, 0, 0));
        assert_eq!(from_hsl(1.0 / 3.0, 1.0, 0.5), RGBColor(0, 255, 0));
        assert_eq!(from_hsl(2.0 / 3.0, 1.0, 0.5), RGBColor(0, 0, 255));
        assert_eq!(from_hsl(0.1, 0.0, 1.0), RGBColor(255, 255, 255));
    }

    /// 40 colors, no two of them close: a step of 12 in one channel is easy to see side by side.
    #[test]
    fn forty_colors_differ() {
        let colors: Vec<RGBColor> = (0..40).map(color).collect();
        for (at, a) in colors.iter().enumerate() {
            for b in &colors[..at] {
                let far =
                    a.0.abs_diff(b.0)
                        .max(a.1.abs_diff(b.1))
                        .max(a.2.abs_diff(b.2));
                assert!(far >= 12, "{a:?} and {b:?}");
            }
        }
    }
}
