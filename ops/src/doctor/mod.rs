//! `ops doctor`: what is wrong with this machine or this deployment when something does not start, in plain words.

mod clock;
mod deployment;
mod holder;
mod limits;
mod local;
mod ports;
mod program;
mod resources;
mod tools;

use std::path::{Path, PathBuf};

use futures::future::join_all;
use tokio::time::Instant;

use crate::check::{Checklist, Row};
use crate::site::Site;

const MACHINE: &str = "machine";

/// Looks at everything: this machine where `folder` is in a checkout, and the deployment.
pub async fn run(site: &Site, folder: &Path, began: Instant) -> Checklist {
    let checkout = checkout(folder);
    let machine: futures::future::BoxFuture<'_, Vec<Row>> = Box::pin(machine(site, checkout));
    let found = join_all([machine, Box::pin(deployment::check(site))]).await;
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Checklist::new(site.name(), took, found.into_iter().flatten().collect())
}

async fn machine(site: &Site, checkout: Option<PathBuf>) -> Vec<Row> {
    let clock = clock::check(site).await;
    let Some(root) = checkout else {
        let why = "this folder is in no checkout: only the deployment is looked at";
        return vec![Row::not_applicable(MACHINE, "checkout", why), clock];
    };
    let (tools, ports, resources, limits) = tokio::join!(
        tools::check(),
        ports::check(&root),
        resources::check(&root),
        limits::check(),
    );
    let local = local::check(&root);
    let rows = [tools, ports, resources, vec![limits], local, vec![clock]];
    rows.into_iter().flatten().collect()
}

/// The folder with the template, this one or above.
fn checkout(folder: &Path) -> Option<PathBuf> {
    let mut folders = folder.ancestors();
    let is_root = |folder: &&Path| {
        folder.join("template.yaml").is_file() && folder.join("local/stack").is_dir()
    };
    folders.find(is_root).map(Path::to_path_buf)
}
