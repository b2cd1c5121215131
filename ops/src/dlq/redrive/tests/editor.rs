//! Letters in the person's editor, which here is a script.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use super::super::super::edit::{EditError, by_editor};
use super::*;

/// A script that gets the file as `$1`; removed with this.
struct Editor(PathBuf);

impl Editor {
    fn of(script: &str) -> Self {
        let file = std::env::temp_dir().join(format!("editor-{}.sh", build::request_id()));
        fs::write(&file, script).unwrap();
        Self(file)
    }

    /// As somebody sets `$EDITOR`: a program with an argument.
    fn command(&self) -> String {
        format!("sh {}", self.0.display())
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // A test that failed has more to say.
        let _ = fs::remove_file(&self.0);
    }
}

/// Where the letter is edited.
fn file_of(id: &str) -> PathBuf {
    std::env::temp_dir().join(format!("letter-{id}.json"))
}

fn name() -> String {
    build::request_id().to_string()
}

async fn edited(scene: &Scene, id: &str, script: &str) -> Result<Sent, EditError> {
    by_editor(&scene.triage, id, &Editor::of(script).command()).await
}

#[tokio::test]
async fn what_the_editor_leaves_is_sent_and_the_letter_is_gone() {
    let scene = scene();
    let task = failed("acme");
    scene.tasks.put(task.clone());
    let id = name();
    scene.letters.put(
        DeadQueue::Work,
        held(&id, "{\"v\": 99}", Some("unreadable_message: version 99")),
    );
    let mended = message(&task);
    let seen = std::env::temp_dir().join(format!("seen-{id}"));
    let script = format!(
        "cp -p \"$1\" {}\nprintf '%s' '{mended}' > \"$1\"",
        seen.display()
    );
    let sent = edited(&scene, &id, &script).await.unwrap();
    assert!(matches!(sent, Sent::Task(sent) if sent.request_id == task.request_id));
    assert_eq!(scene.queue.take().len(), 1);
    assert_eq!(scene.left(DeadQueue::Work).await, Vec::<String>::new());
    assert!(!file_of(&id).exists());
    // It was laid out for people, and nobody else on the machine could read it.
    assert_eq!(fs::read_to_string(&seen).unwrap(), "{\n  \"v\": 99\n}\n");
    assert_eq!(
        fs::metadata(&seen).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::remove_file(seen).unwrap();
}

#[tokio::test]
async fn an_editor_that_fails_or_is_not_there_changes_nothing() {
    let scene = scene();
    let id = name();
    scene
        .letters
        .put(DeadQueue::Work, held(&id, "{\"v\":99}", None));
    let failed = edited(&scene, &id, "echo '{}' > \"$1\"; exit 3")
        .await
        .unwrap_err();
    assert!(matches!(failed, EditError::Editor(_)), "{failed}");
    assert!(failed.to_string().contains("nothing was sent"), "{failed}");
    let missing = by_editor(&scene.triage, &id, "/no/such/editor --wait")
        .await
        .unwrap_err();
    assert!(missing.to_string().contains("/no/such/editor"), "{missing}");
    assert_eq!(scene.left(DeadQueue::Work).await, std::slice::from_ref(&id));
    assert!(!file_of(&id).exists());
}

#[tokio::test]
async fn what_nobody_could_read_is_kept_for_its_author() {
    let scene = scene();
    let id = name();
    scene
        .letters
        .put(DeadQueue::Work, held(&id, "{\"v\":99}", None));
    let invalid = edited(&scene, &id, "echo '{\"v\": 1, oops' > \"$1\"")
        .await
        .unwrap_err();
    let kept = file_of(&id);
    assert!(matches!(invalid, EditError::Invalid { .. }), "{invalid}");
    assert!(
        invalid.to_string().contains(&kept.display().to_string()),
        "{invalid}"
    );
    assert_eq!(fs::read_to_string(&kept).unwrap(), "{\"v\": 1, oops\n");
    assert_eq!(scene.left(DeadQueue::Work).await, [id]);
    assert!(scene.queue.take().is_empty());
    fs::remove_file(kept).unwrap();
}

#[tokio::test]
async fn an_editor_that_changes_nothing_sends_nothing() {
    let scene = scene();
    let id = name();
    let task = failed("acme");
    scene.tasks.put(task.clone());
    scene
        .letters
        .put(DeadQueue::Work, held(&id, &message(&task), None));
    for script in ["true", "cp \"$1\" \"$1.new\" && mv \"$1.new\" \"$1\""] {
        let unchanged = edited(&scene, &id, script).await.unwrap_err();
        assert!(matches!(unchanged, EditError::Unchanged), "{unchanged}");
    }
    assert!(scene.queue.take().is_empty());
    assert_eq!(scene.left(DeadQueue::Work).await, std::slice::from_ref(&id));
    assert!(!file_of(&id).exists());
}
