//! docs/scaling.md shows what `ops cost model` prints.

use ops::cost::Model;
use ops::table::{Look, Shown};

const DOC: &str = include_str!("../../docs/scaling.md");

#[test]
fn the_page_shows_what_the_model_prints() {
    let begin = "```text\n";
    let (_, rest) = DOC.split_once(begin).unwrap();
    let (shown, _) = rest.split_once("\n```").unwrap();
    let printed = Model.text(Look::PLAIN);
    assert_eq!(
        shown, printed,
        "write what `ops cost model` prints into docs/scaling.md"
    );
}
