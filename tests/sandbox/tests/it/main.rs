//! The sandbox over real HTTP on loopback, each test with a sandbox of its own.

mod cli;
mod client;
mod config;
mod control;
mod data;
mod faults;
mod guard;
mod hostile;
mod link_api;
mod page;
mod process;
mod receiver;
mod strict;
mod webhooks;
mod world;
