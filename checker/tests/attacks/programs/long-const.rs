//! A constant whose computation never ends.

#![allow(long_running_const_eval)]

const ENDLESS: u64 = {
    let mut number = 0_u64;
    loop {
        number = number.wrapping_mul(3).wrapping_add(1);
        if number == u64::MAX && number == 0 {
            break number;
        }
    }
};

fn main() {
    println!("{ENDLESS}");
}
