//! A type that doubles with every level, and a value of it.

trait Grow {
    fn grow(self) -> usize;
}

struct Pair<A, B>(A, B);

impl<A: Copy> Grow for fn(A) {
    fn grow(self) -> usize {
        0
    }
}

fn double<T: Clone + 'static>(value: T, depth: u64) -> usize {
    if depth == 0 { size_of::<T>() } else { double(Pair2(value.clone(), value), depth - 1) }
}

#[derive(Clone)]
struct Pair2<A, B>(A, B);

fn main() {
    let depth = std::env::args().count() as u64 + 100;
    println!("{} {}", double(1_u8, depth), size_of::<Pair<u8, u8>>());
}
