//! The contract of [`TextModel`].
#![expect(
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a contract is a set of assertions"
)]

use domain::model::{Part, Prompt, TokenUsage};
use domain::ports::{ModelError, TextModel};

use crate::memory::Take;

/// `playing` gives a model that does this when it is asked.
pub async fn all<M: TextModel>(playing: impl AsyncFn(Take) -> M) {
    an_answer_comes_in_parts_and_ends_once(&playing).await;
    a_busy_model_says_so(&playing).await;
    an_answer_that_breaks_off_is_no_whole_one(&playing).await;
    what_is_refused_is_not_tried_again(&playing).await;
}

fn prompt() -> Prompt {
    Prompt {
        system: "Say how the texts feel.".into(),
        text: "{\"n\":1,\"text\":\"Größer als \\\"gut\\\"\"}".into(),
        most_tokens: 100,
    }
}

async fn listen(model: &impl TextModel) -> (String, Result<TokenUsage, ModelError>) {
    let mut said = String::new();
    let mut answer = match model.answer(&prompt()).await {
        Ok(answer) => answer,
        Err(error) => return (said, Err(error)),
    };
    loop {
        match answer.next().await {
            Ok(Part::Text(text)) => said += &text,
            Ok(Part::End(usage)) => return (said, Ok(usage)),
            Err(error) => return (said, Err(error)),
        }
    }
}

fn parts() -> Vec<String> {
    ["{\"n\":1", ",\"über\":", "\"😀\"}\n"]
        .map(Into::into)
        .into()
}

/// With what it is counted as.
pub async fn an_answer_comes_in_parts_and_ends_once<M: TextModel>(
    playing: &impl AsyncFn(Take) -> M,
) {
    let usage = TokenUsage {
        input: 41,
        output: 12,
    };
    let model = playing(Take::Say(parts(), usage)).await;
    let (said, end) = listen(&model).await;
    assert_eq!(said, parts().concat());
    match end {
        Ok(counted) => assert_eq!(counted, usage),
        Err(error) => panic!("{error:?}"),
    }
}

/// Before it says anything, and in the middle.
pub async fn a_busy_model_says_so<M: TextModel>(playing: &impl AsyncFn(Take) -> M) {
    for (take, heard) in [
        (Take::Busy, String::new()),
        (Take::BusyAfter(parts()), parts().concat()),
    ] {
        let (said, end) = listen(&playing(take).await).await;
        assert_eq!(said, heard);
        assert!(matches!(end, Err(ModelError::Busy(_))), "{end:?}");
    }
}

/// Nor is one that never began.
pub async fn an_answer_that_breaks_off_is_no_whole_one<M: TextModel>(
    playing: &impl AsyncFn(Take) -> M,
) {
    for (take, heard) in [
        (Take::Away, String::new()),
        (Take::BreakAfter(parts()), parts().concat()),
        (Take::BreakAfter(vec![]), String::new()),
    ] {
        let (said, end) = listen(&playing(take).await).await;
        assert_eq!(said, heard);
        assert!(matches!(end, Err(ModelError::Unavailable(_))), "{end:?}");
    }
}

/// It would be refused again.
pub async fn what_is_refused_is_not_tried_again<M: TextModel>(playing: &impl AsyncFn(Take) -> M) {
    let (_, end) = listen(&playing(Take::Refuse).await).await;
    assert!(matches!(end, Err(ModelError::Refused(_))), "{end:?}");
}
