//! What tells that too much is spent: a budget's period is spent, or an alarm goes on or off.

use time::{Date, Month, OffsetDateTime, Time};

/// What a budget or an alarm has told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendNotice {
    /// The budget's or the alarm's name.
    pub trigger: String,
    /// When it was so.
    pub at: OffsetDateTime,
    /// What.
    pub news: SpendNews,
}

/// What is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpendNews {
    /// More is spent than the budget holds. It says so once in a period and never takes it back.
    BudgetSpent(BudgetPeriod),
    /// The alarm went on.
    AlarmOn,
    /// The alarm went off.
    AlarmOff,
}

/// How long a budget has to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BudgetPeriod {
    /// A day.
    Day,
    /// A calendar month.
    Month,
    /// A quarter of a calendar year.
    Quarter,
    /// A calendar year.
    Year,
}

impl BudgetPeriod {
    /// When the period ends that this moment lies in, by UTC, as AWS Budgets counts
    /// (<https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create.html>).
    pub fn end(self, at: OffsetDateTime) -> OffsetDateTime {
        let at = at.to_offset(time::UtcOffset::UTC);
        let (year, month) = (at.year(), u8::from(at.month()));
        let next = match self {
            Self::Day => at.date().next_day(),
            Self::Month => first_after(year, month),
            Self::Quarter => first_after(year, month.div_ceil(3) * 3),
            Self::Year => first_after(year, 12),
        };
        next.map_or(at, |date| OffsetDateTime::new_utc(date, Time::MIDNIGHT))
    }
}

/// The first day after a month.
fn first_after(year: i32, month: u8) -> Option<Date> {
    let (year, month) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    Date::from_calendar_date(year, Month::try_from(month).ok()?, 1).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_period_ends_by_utc() {
        let at = datetime!(2026-11-30 23:30 -01:00);
        let end = |period: BudgetPeriod| period.end(at);
        assert_eq!(end(BudgetPeriod::Day), datetime!(2026-12-02 0:00 UTC));
        assert_eq!(end(BudgetPeriod::Month), datetime!(2027-01-01 0:00 UTC));
        let at = datetime!(2026-11-30 23:59:59.999 UTC);
        let end = |period: BudgetPeriod| period.end(at);
        assert_eq!(end(BudgetPeriod::Day), datetime!(2026-12-01 0:00 UTC));
        assert_eq!(end(BudgetPeriod::Month), datetime!(2026-12-01 0:00 UTC));
        assert_eq!(end(BudgetPeriod::Quarter), datetime!(2027-01-01 0:00 UTC));
        assert_eq!(end(BudgetPeriod::Year), datetime!(2027-01-01 0:00 UTC));
        let spring = datetime!(2026-01-01 0:00 UTC);
        assert_eq!(
            BudgetPeriod::Quarter.end(spring),
            datetime!(2026-04-01 0:00 UTC)
        );
    }
}
