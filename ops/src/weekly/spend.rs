//! What the account spends this month: so far, by the end of the month, and against its budgets.

use aws_call::{CallError, Caller, Service};
use serde_json::{Value, json};
use time::{Date, Duration, Month};

use crate::check::{Bounds, Row, State, pauses};
use crate::site::Site;
use crate::stack::Stack;

const AREA: &str = "spend";
const KIND: &str = "AWS::Budgets::Budget";

/// Of the budget, by the forecast of the month's end.
const OF_BUDGET: Bounds = Bounds {
    warn: 0.8,
    fail: 1.0,
};

pub(super) async fn check(site: &Site) -> Vec<Row> {
    let (mut rows, paused) = tokio::join!(spent(site), pauses::check(site));
    rows.extend(paused);
    rows
}

async fn spent(site: &Site) -> Vec<Row> {
    if site.deployment.is_local() {
        let why =
            "the emulator costs nothing; `ops cost` estimates a month on AWS from what was used";
        return vec![Row::not_applicable(AREA, "all", why)];
    }
    let (caller, stack) = match site.described() {
        Ok(both) => both,
        Err(why) => return vec![Row::fail(AREA, "all", domain::causes(why))],
    };
    let today = site.now.date();
    let (so_far, forecast, budgets) = tokio::join!(
        so_far(caller, today),
        forecast(caller, today),
        budgets(caller, stack)
    );
    let mut rows = vec![
        told("this month", so_far, "so far, of the whole account"),
        told("forecast", forecast, "more until the month's end"),
    ];
    rows.extend(
        budgets.unwrap_or_else(|error| vec![Row::fail(AREA, "budgets", domain::causes(&error))]),
    );
    rows
}

fn told(item: &'static str, dollars: Result<Option<f64>, CallError>, words: &str) -> Row {
    match dollars {
        Ok(Some(dollars)) => Row::new(AREA, item, State::Ok, format!("${dollars:.2} {words}")).with("usd", dollars),
        Ok(None) => Row::not_applicable(AREA, item, "billing does not tell yet"),
        Err(error) => Row::fail(AREA, item, domain::causes(&error))
            .advise("these credentials may not ask Cost Explorer, or it was never turned on in this account"),
    }
}

fn next_month(today: Date) -> Date {
    let first = today.replace_day(1).unwrap_or(today);
    let year = if first.month() == Month::December {
        first.year() + 1
    } else {
        first.year()
    };
    Date::from_calendar_date(year, first.month().next(), 1).unwrap_or(first)
}

async fn so_far(caller: &Caller, today: Date) -> Result<Option<f64>, CallError> {
    // The end is the first day that does not count.
    let first = today.replace_day(1).unwrap_or(today);
    let end = today + Duration::days(1);
    let body = json!({
        "TimePeriod": {"Start": first.to_string(), "End": end.to_string()},
        "Granularity": "MONTHLY",
        "Metrics": ["UnblendedCost"],
    });
    let answer = caller
        .json(Service::COST_EXPLORER, "GetCostAndUsage", &body)
        .await?;
    let months = answer["ResultsByTime"].as_array().into_iter().flatten();
    let amounts = months.filter_map(|month| amount(&month["Total"]["UnblendedCost"]));
    Ok(amounts.reduce(|sum, amount| sum + amount))
}

async fn forecast(caller: &Caller, today: Date) -> Result<Option<f64>, CallError> {
    let body = json!({
        "TimePeriod": {"Start": today.to_string(), "End": next_month(today).to_string()},
        "Granularity": "MONTHLY",
        "Metric": "UNBLENDED_COST",
    });
    match caller
        .json(Service::COST_EXPLORER, "GetCostForecast", &body)
        .await
    {
        Ok(answer) => Ok(amount(&answer["Total"])),
        // A young account.
        Err(error) if error.code() == Some("DataUnavailableException") => Ok(None),
        Err(error) => Err(error),
    }
}

async fn budgets(caller: &Caller, stack: &Stack) -> Result<Vec<Row>, CallError> {
    let mut rows = Vec::new();
    for budget in stack.of_kind(KIND) {
        let body = json!({"AccountId": stack.account(), "BudgetName": budget.physical});
        let answer = caller
            .json(Service::BUDGETS, "DescribeBudget", &body)
            .await?;
        rows.push(judge(&budget.logical, &answer["Budget"]));
    }
    if rows.is_empty() {
        rows.push(Row::not_applicable(
            AREA,
            "budgets",
            "this stack has no budget",
        ));
    }
    Ok(rows)
}

/// AWS gives amounts as texts.
fn amount(value: &Value) -> Option<f64> {
    value["Amount"].as_str()?.parse().ok()
}

fn judge(name: &str, budget: &Value) -> Row {
    let limit = amount(&budget["BudgetLimit"]).unwrap_or_default();
    let spend = &budget["CalculatedSpend"];
    let actual = amount(&spend["ActualSpend"]).unwrap_or_default();
    let forecast = amount(&spend["ForecastedSpend"]).unwrap_or(actual);
    let state = if limit > 0.0 {
        OF_BUDGET.judge(forecast / limit)
    } else {
        State::NotApplicable
    };
    Row::new(
        AREA,
        name,
        state,
        format!("${actual:.2} of ${limit:.2}, forecast ${forecast:.2}"),
    )
    .advise("`ops cost` names the task kinds and tenants that it goes to")
    .with("actual_usd", actual)
    .with("limit_usd", limit)
    .with("forecast_usd", forecast)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_budget_is_judged_by_its_forecast() {
        let budget = |forecast: &str| {
            json!({
                "BudgetLimit": {"Amount": "100.0", "Unit": "USD"},
                "CalculatedSpend": {"ActualSpend": {"Amount": "10.5"}, "ForecastedSpend": {"Amount": forecast}},
            })
        };
        let states =
            ["79", "80", "100.01"].map(|forecast| judge("Budget", &budget(forecast)).state);
        assert_eq!(states, [State::Ok, State::Warn, State::Fail]);
        assert_eq!(
            judge("Budget", &budget("20")).figure,
            "$10.50 of $100.00, forecast $20.00"
        );
    }

    #[test]
    fn months_end_where_the_next_begins() {
        assert_eq!(next_month(date!(2026 - 11 - 28)), date!(2026 - 12 - 01));
        assert_eq!(next_month(date!(2026 - 12 - 31)), date!(2027 - 01 - 01));
    }
}
