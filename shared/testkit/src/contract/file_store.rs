//! The contract of [`FileStore`].
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a contract is a set of assertions"
)]

use domain::TenantId;
use domain::export::object_key;
use domain::ports::{FileStore, NewFile, Upload};

use super::beside;
use crate::build;

/// The least size of a part that is not the last, in bytes.
const PART: usize = 5 * 1024 * 1024;

/// A store of files, and what a test sees of it.
pub struct Kept<'a, Read, Unfinished> {
    /// The store.
    pub store: &'a dyn FileStore,
    /// Gives a file's content by its key, none where there is no such file.
    pub read: Read,
    /// Gives the keys of all uploads that are neither finished nor aborted.
    pub unfinished: Unfinished,
}

/// Everything below.
pub async fn all(
    kept: Kept<'_, impl AsyncFn(&str) -> Option<Vec<u8>>, impl AsyncFn() -> Vec<String>>,
    tenant: &TenantId,
) {
    a_file_is_its_parts_in_their_order(&kept, tenant).await;
    a_file_may_be_empty(&kept, tenant).await;
    an_aborted_upload_leaves_nothing(&kept, tenant).await;
    a_new_attempt_ends_the_ones_before(&kept, tenant).await;
}

fn file(tenant: &TenantId, name: &str) -> NewFile {
    NewFile {
        tenant: tenant.clone(),
        request_id: build::request_id(),
        name: name.into(),
        media_type: "text/csv; charset=utf-8",
    }
}

fn key(file: &NewFile) -> String {
    object_key(&file.tenant, file.request_id, &file.name)
}

async fn write(store: &dyn FileStore, upload: &Upload, parts: &[Vec<u8>]) {
    let mut stored = vec![];
    for (number, bytes) in (1..).zip(parts) {
        stored.push(store.put(upload, number, bytes.clone()).await.unwrap());
    }
    store.finish(upload, &stored).await.unwrap();
}

/// Parts may come in any order, and twice; a file is there once it is finished, not before.
pub async fn a_file_is_its_parts_in_their_order(
    kept: &Kept<'_, impl AsyncFn(&str) -> Option<Vec<u8>>, impl AsyncFn() -> Vec<String>>,
    tenant: &TenantId,
) {
    let file = file(tenant, "events.csv");
    let upload = kept.store.start(&file).await.unwrap();
    assert_eq!(upload.key, key(&file));
    let last = kept.store.put(&upload, 2, b"end".to_vec()).await.unwrap();
    let again = kept.store.put(&upload, 1, vec![b'x'; PART]).await.unwrap();
    let first = kept.store.put(&upload, 1, vec![b'a'; PART]).await.unwrap();
    assert_eq!((again.number, first.number, last.number), (1, 1, 2));
    assert_eq!((kept.read)(&upload.key).await, None);
    kept.store.finish(&upload, &[first, last]).await.unwrap();
    let mut content = vec![b'a'; PART];
    content.extend(b"end");
    let read = (kept.read)(&upload.key).await;
    assert!(read == Some(content), "the file differs");
    assert_eq!((kept.unfinished)().await, [""; 0]);
}

/// One empty part makes an empty file.
pub async fn a_file_may_be_empty(
    kept: &Kept<'_, impl AsyncFn(&str) -> Option<Vec<u8>>, impl AsyncFn() -> Vec<String>>,
    tenant: &TenantId,
) {
    let upload = kept.store.start(&file(tenant, "logs.jsonl")).await.unwrap();
    write(kept.store, &upload, &[vec![]]).await;
    assert_eq!((kept.read)(&upload.key).await, Some(vec![]));
}

/// After an abort there is neither file nor part, and aborting again changes nothing.
pub async fn an_aborted_upload_leaves_nothing(
    kept: &Kept<'_, impl AsyncFn(&str) -> Option<Vec<u8>>, impl AsyncFn() -> Vec<String>>,
    tenant: &TenantId,
) {
    let upload = kept.store.start(&file(tenant, "users.csv")).await.unwrap();
    let part = kept.store.put(&upload, 1, vec![b'a'; PART]).await.unwrap();
    assert_eq!((kept.unfinished)().await, [upload.key.as_str()]);
    for _ in 0..2 {
        kept.store.abort(&upload).await.unwrap();
        assert_eq!((kept.unfinished)().await, [""; 0]);
    }
    assert!(kept.store.finish(&upload, &[part]).await.is_err());
    assert_eq!((kept.read)(&upload.key).await, None);
}

/// An upload of the same task that was left behind cannot be finished any more; those of other
/// tasks and tenants can.
pub async fn a_new_attempt_ends_the_ones_before(
    kept: &Kept<'_, impl AsyncFn(&str) -> Option<Vec<u8>>, impl AsyncFn() -> Vec<String>>,
    tenant: &TenantId,
) {
    let ours = file(tenant, "tasks-1.csv");
    let foreign = NewFile {
        tenant: beside(tenant, "other"),
        ..ours.clone()
    };
    let others = [file(tenant, "tasks-1.csv"), foreign];
    let mut beside_it = vec![];
    for other in &others {
        beside_it.push(kept.store.start(other).await.unwrap());
    }
    let left = kept.store.start(&ours).await.unwrap();
    let part = kept.store.put(&left, 1, b"old".to_vec()).await.unwrap();
    let again = NewFile {
        name: "tasks-2.csv".into(),
        ..ours
    };
    let upload = kept.store.start(&again).await.unwrap();
    assert!(kept.store.finish(&left, &[part]).await.is_err());
    assert_eq!((kept.read)(&left.key).await, None);
    for upload in beside_it.iter().chain([&upload]) {
        write(kept.store, upload, &[b"new".to_vec()]).await;
        assert_eq!((kept.read)(&upload.key).await, Some(b"new".to_vec()));
    }
}
