//! Codes that a telephone's camera reads (QR).

use crate::Error;
use fast_qr::{ECL, QRBuilder};
use std::fmt::Write as _;

/// White dots around the code, as the standard asks for.
const QUIET: usize = 4;

/// A code: a square of dots.
pub struct Code {
    size: usize,
    dark: Vec<bool>,
}

impl Code {
    /// The code of an address; it may be read when an eighth of it is dirty.
    pub fn new(text: &str) -> Result<Self, Error> {
        let code = QRBuilder::new(text).ecl(ECL::M).build().map_err(|_| Error::Code {
            length: text.chars().count(),
        })?;
        let dark = (0..code.size).flat_map(|y| code[y][..code.size].iter().map(|m| m.value()).collect::<Vec<_>>());
        Ok(Self {
            size: code.size,
            dark: dark.collect(),
        })
    }

    /// Dots on a side, with the white around.
    pub const fn side(&self) -> usize {
        self.size + 2 * QUIET
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.size && y < self.size && self.dark[y * self.size + x]
    }

    /// The dark dots as the `d` of one SVG path, in a box of [`Code::side`] units.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for y in 0..self.size {
            let mut x = 0;
            while x < self.size {
                let run = (x..self.size).take_while(|x| self.is_dark(*x, y)).count();
                if run > 0 {
                    // Writing to a String does not fail.
                    let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
                }
                x += run.max(1);
            }
        }
        path
    }

    /// A picture for a page or a print shop.
    pub fn svg(&self) -> String {
        let (side, path) = (self.side(), self.path());
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><path \
             fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
        )
    }

    /// A picture of dots, `scale` of them for each dot of the code (1 to 40).
    pub fn png(&self, scale: usize) -> Result<Vec<u8>, Error> {
        let scale = scale.clamp(1, 40);
        let side = self.side() * scale;
        let mut grey = vec![255_u8; side * side];
        for (at, dot) in grey.iter_mut().enumerate() {
            let (x, y) = (at % side / scale, at / side / scale);
            if x >= QUIET && y >= QUIET && self.is_dark(x - QUIET, y - QUIET) {
                *dot = 0;
            }
        }
        let mut out = Vec::new();
        let edge = u32::try_from(side).unwrap_or(u32::MAX);
        let mut encoder = png::Encoder::new(&mut out, edge, edge);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        let wrote = encoder.write_header().and_then(|mut w| w.write_image_data(&grey));
        wrote.map_err(|e| Error::Set(e.to_string()))?;
        Ok(out)
    }
}
