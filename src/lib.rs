//! Passgrid: reads the result files of many test sessions, one per device
//! under test, and answers what passes where.
