//! The classic fleet that the system replaces: web servers, workers and WebSocket servers on EC2.

use cost::list_price;

use super::load::{HOURS, Load};

/// What the cookbook for that fleet puts a month at, in dollars, databases left out: for 10,000 tasks and 100,000 calls
/// a day with 200 dashboards.
pub const COOKBOOK: (f64, f64) = (345.0, 455.0);

/// A load balancer with one unit, and a NAT gateway in each of two zones.
const NETWORK: f64 = (list_price("balancer.hour") + list_price("balancer.unit_hour")) * HOURS
    + 2.0 * list_price("nat.hour") * HOURS;

/// A server for web or WebSocket, a t3.medium with 30 GB of disk.
const SERVER: f64 = list_price("ec2.t3_medium") * HOURS + 30.0 * list_price("ebs.gb_month");

/// A server for workers, an m5.large with 30 GB of disk.
const WORKER: f64 = list_price("ec2.m5_large") * HOURS + 30.0 * list_price("ebs.gb_month");

/// Calls a second that a web server is sized for.
const CALLS: f64 = 100.0;

/// Connections that a WebSocket server is sized for.
const CONNECTIONS: f64 = 5_000.0;

/// Tasks at once on a worker's two processors.
const PLACES: f64 = 4.0;

/// Servers for a demand that comes in the busiest hour, twice the mean: two at least, so that one can fail.
fn servers(demand: f64, each: f64) -> f64 {
    (2.0 * demand / each).ceil().max(2.0)
}

/// What it costs a month for a load, in dollars, drawn up again from the price list: sized for the busiest hour, since
/// it does not follow the load.
pub fn classic(load: &Load) -> f64 {
    let web = servers(load.calls_per_second(), CALLS);
    // Dashboards are open all the time.
    let sockets = servers(load.viewers / 2.0, CONNECTIONS);
    let workers = servers(load.tasks_at_once(), PLACES);
    NETWORK + (web + sockets) * SERVER + workers * WORKER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_costs_what_the_cookbook_says() {
        let usd = classic(&Load::BASE);
        assert!((COOKBOOK.0..=COOKBOOK.1).contains(&usd), "{usd}");
        assert!(classic(&Load::BASE.times(100.0)) > 3.0 * usd);
    }
}
