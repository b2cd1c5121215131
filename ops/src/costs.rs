//! `ops cost`: asks whoever knows, and shows it.

use std::io::{self, Write as _};
use std::process::ExitCode;

use aws_call::CallError;
use domain::ports::PortError;
use domain::{Architecture, Prices};
use ops::cost::functions::{Metered, meter};
use ops::cost::update::PricesError;
use ops::cost::{Comparison, Cost, Model, What, measured, update};
use ops::deployment::Deployment;
use ops::metrics::Span;
use ops::table::show;

use crate::back_office::ended;
use crate::desks::DeskError;
use crate::pricing::NoPrices;
use crate::{desks, now, pricing};

/// Nothing is shown.
#[derive(Debug, thiserror::Error)]
enum CostError {
    /// It is not known where something is.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The tasks' table does not answer.
    #[error(transparent)]
    Tasks(#[from] PortError),
    /// AWS's price list cannot be asked for.
    #[error(transparent)]
    NoPrices(#[from] NoPrices),
    /// Nor read.
    #[error(transparent)]
    Prices(#[from] PricesError),
    /// The new list cannot be written.
    #[error("--write")]
    Write(#[source] io::Error),
    /// The terminal does not take any more.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// There are no figures of the functions.
#[derive(Debug, thiserror::Error)]
enum MeterError {
    #[error(transparent)]
    Desk(#[from] DeskError),
    #[error(transparent)]
    Call(#[from] CallError),
}

/// `ops cost`.
pub(crate) async fn cost(cost: &Cost, deployment: &Deployment, json: bool) -> ExitCode {
    ended(shown(cost, deployment, json).await)
}

async fn shown(cost: &Cost, deployment: &Deployment, json: bool) -> Result<bool, CostError> {
    if cost.update_prices {
        return update_prices(cost, deployment, json).await;
    }
    match (cost.what, cost.what_if.load()) {
        (Some(What::Model), _) => show(&Model, json)?,
        (None, Some(load)) => show(&Comparison::of(&load), json)?,
        (None, None) => {
            let tasks = desks::tasks(deployment).await?;
            let spent = measured::read(&tasks).await?;
            let prices = Prices::us_east_1(Architecture::Arm64);
            let mut measured = measured::measure(spent, &prices, now(), cost.within.length());
            let span = (measured.since, measured.until);
            measured.by_function = metered(deployment, span).await.unwrap_or_else(|error| {
                let why = domain::causes(&error);
                // The ledger tells all the same.
                let _ = writeln!(io::stderr(), "ops: no figures of the functions: {why}");
                Vec::new()
            });
            show(&measured, json)?;
        }
    }
    Ok(true)
}

/// What CloudWatch says of the functions.
async fn metered(deployment: &Deployment, span: Span) -> Result<Vec<Metered>, MeterError> {
    let functions = desks::functions(deployment).await?;
    Ok(meter(&functions.caller, &functions.stack, span).await?)
}

async fn update_prices(
    cost: &Cost,
    deployment: &Deployment,
    json: bool,
) -> Result<bool, CostError> {
    let prices = pricing::aws(deployment).await?;
    let compared = update::compare(&prices, now().date().to_string()).await?;
    if let Some(file) = &cost.write {
        std::fs::write(file, compared.new_list()).map_err(CostError::Write)?;
    }
    show(&compared, json)?;
    Ok(compared.is_well() || cost.write.is_some())
}
