//! Measures the sentiment against people's ratings:
//! `cargo run --release -p tasks --example sentiment -- FILE`, where a line of the file is an id, a
//! rating from -4 to 4 and a text, with tabs between.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]
#![expect(clippy::cast_precision_loss, reason = "files are small")]

use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name a file")?;
    let file = std::fs::read_to_string(path)?;
    let mut ratings = Vec::new();
    let mut texts = Vec::new();
    for line in file.lines() {
        let mut fields = line.splitn(3, '\t').skip(1);
        let (rating, text) = (fields.next(), fields.next());
        ratings.push(rating.ok_or("a line has no rating")?.parse::<f64>()? / 4.0);
        texts.push(text.ok_or("a line has no text")?);
    }
    let started = Instant::now();
    let scores: Vec<_> = texts.iter().map(|text| tasks::sentiment(text)).collect();
    let seconds = started.elapsed().as_secs_f64();

    let squares = scores.iter().zip(&ratings).map(|(a, b)| (a - b).powi(2));
    let rmse = (squares.sum::<f64>() / ratings.len() as f64).sqrt();
    println!("texts    {}", texts.len());
    println!("r        {:.4}", pearson(&scores, &ratings));
    println!("rmse     {rmse:.4} (ratings brought to -1..1)");
    println!("texts/s  {:.0}", texts.len() as f64 / seconds);
    Ok(())
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let product: f64 = a.iter().zip(b).map(|(x, y)| (x - ma) * (y - mb)).sum();
    let spread = |values: &[f64], mean: f64| values.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
    product / (spread(a, ma) * spread(b, mb)).sqrt()
}
