//! Where programs run, one at a time: beside us on this machine, or in a box.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::net::{AddressFamily, SocketType};

use super::control::{Control, unexpected};
use super::launcher::{Launcher, LauncherError};
use super::messages::{Answer, Order};
use super::private::{self, Stage};
use crate::kernel::{Relay, Sockets};
use crate::trace::Level;

/// Where programs run.
#[derive(Debug)]
pub struct Site(Place);

/// Launchers that nobody uses at the moment.
pub(in crate::lab) type Spare = Arc<Mutex<Vec<Launcher>>>;

#[derive(Debug)]
enum Place {
    Host { launcher: Lent, sockets: Option<Sockets> },
    Box(Box<Inside>),
}

/// A box, as far as it has to do with us.
#[derive(Debug)]
struct Inside {
    control: Control,
    sockets: Sockets,
    names: (UdpSocket, TcpListener),
    relay: Option<Relay>,
    packets: Option<OwnedFd>,
}

impl Inside {
    /// From what a box hands out, in the order that [`Answer::Ready`] names.
    fn new(control: Control, sockets: Vec<OwnedFd>, has_wire: bool) -> Result<Self, LauncherError> {
        let mut sockets = sockets.into_iter();
        let mut next = || sockets.next().ok_or_else(|| unexpected(&Answer::Ready { has_wire }));
        let mut diagnosis = Sockets::from(next()?);
        let names = (UdpSocket::from(next()?), TcpListener::from(next()?));
        let relay = if has_wire {
            diagnosis = diagnosis.and(next()?);
            Some(Relay::start([next()?, next()?])?)
        } else {
            None
        };
        Ok(Self { control, sockets: diagnosis, names, relay, packets: sockets.next() })
    }

    fn take_packet_socket(&mut self) -> Option<PacketSocket> {
        let has_wire = self.relay.is_some();
        let interface = if has_wire { private::WIRE_INTERFACE } else { private::LOOPBACK_INTERFACE };
        let socket = self.packets.take()?;
        Some(PacketSocket { socket, interface, sees_all_twice: !has_wire })
    }

    fn prepare(&self, stage: &Stage) -> Result<Ground, LauncherError> {
        match &self.relay {
            Some(relay) => relay.begin(stage.round_trip),
            None if stage.round_trip.is_zero() => {}
            None => return Err(io::Error::other("there is no wire here, and so no round-trip time").into()),
        }
        self.control.order(&Order::Prepare(stage.clone()), &[])?;
        let listener = match self.control.answer_with_descriptors()? {
            (Answer::Prepared, sockets) => sockets.into_iter().next().map(TcpListener::from),
            (other, _) => return Err(unexpected(&other)),
        };
        let (udp, tcp) = &self.names;
        let name_server = Some((udp.try_clone()?, tcp.try_clone()?));
        let host = private::PEER_NAME.to_owned();
        Ok(Ground { host, port: private::PORT, listener, name_server, _port: None })
    }
}

/// A socket that can see packets, bound to nothing yet.
#[derive(Debug)]
pub struct PacketSocket {
    /// The socket.
    pub socket: OwnedFd,
    /// The number of the interface that all packets between program and peer pass.
    pub interface: u32,
    /// Whether each passes it twice, going out and coming in.
    pub sees_all_twice: bool,
}

/// What a run meets: where it connects to, and the sockets that wait there.
#[derive(Debug)]
pub struct Ground {
    /// What the program is told to connect to.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The peer's listener; none where connecting is to be refused.
    pub listener: Option<TcpListener>,
    /// The sockets of the name server, where there is one; the same in every run.
    pub name_server: Option<(UdpSocket, TcpListener)>,
    /// A port that is ours and that nobody listens on.
    _port: Option<OwnedFd>,
}

impl Site {
    /// Programs run beside us, below this launcher, which goes back to the others in the end.
    pub(in crate::lab) fn on_host(launcher: Launcher, spare: &Spare) -> Self {
        let launcher = Lent { launcher: Some(launcher), spare: Arc::clone(spare) };
        Self(Place::Host { launcher, sockets: Sockets::open().ok() })
    }

    /// Programs run in the box at the other end of this channel; waits until it is ready.
    pub(in crate::lab) fn in_box(control: Control) -> Result<Self, LauncherError> {
        match control.answer_with_descriptors()? {
            (Answer::Ready { has_wire }, sockets) => {
                Inside::new(control, sockets, has_wire).map(|inside| Self(Place::Box(Box::new(inside))))
            }
            (Answer::Unavailable(obstacle), _) => Err(LauncherError::NoBox(obstacle)),
            (other, _) => Err(unexpected(&other)),
        }
    }

    /// How programs are contained here.
    #[must_use]
    pub fn level(&self) -> Level {
        match self.0 {
            Place::Host { .. } => Level::Loopback,
            Place::Box(_) => Level::Private,
        }
    }

    /// What the kernel knows of the sockets here, where it tells.
    #[must_use]
    pub fn sockets(&self) -> Option<&Sockets> {
        match &self.0 {
            Place::Host { sockets, .. } => sockets.as_ref(),
            Place::Box(inside) => Some(&inside.sockets),
        }
    }

    /// Who carries packets between program and peer, where that takes time.
    #[must_use]
    pub fn relay(&self) -> Option<&Relay> {
        match &self.0 {
            Place::Host { .. } => None,
            Place::Box(inside) => inside.relay.as_ref(),
        }
    }

    /// The socket that sees the packets here; given away once.
    pub fn take_packet_socket(&mut self) -> Option<PacketSocket> {
        match &mut self.0 {
            Place::Host { .. } => None,
            Place::Box(inside) => inside.take_packet_socket(),
        }
    }

    /// Makes what the next run meets.
    ///
    /// # Errors
    /// When the machine has no socket or port left, or the box is gone.
    pub fn prepare(&self, stage: &Stage) -> Result<Ground, LauncherError> {
        match &self.0 {
            Place::Host { .. } => Ok(loopback_ground(stage.accepts)?),
            Place::Box(inside) => inside.prepare(stage),
        }
    }

    pub(in crate::lab) fn control(&self) -> &Control {
        match &self.0 {
            Place::Host { launcher, .. } => launcher.get().control(),
            Place::Box(inside) => &inside.control,
        }
    }

    /// The process below which all processes of a run are, where it is known before the run.
    pub(in crate::lab) fn root(&self) -> Option<u32> {
        match &self.0 {
            Place::Host { launcher, .. } => Some(launcher.get().id()),
            Place::Box(_) => None,
        }
    }
}

/// A launcher that goes back to the spare ones.
#[derive(Debug)]
struct Lent {
    /// There until the end.
    launcher: Option<Launcher>,
    spare: Spare,
}

impl Lent {
    fn get(&self) -> &Launcher {
        self.launcher.as_ref().expect("it is taken out only at the end")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).extend(self.launcher.take());
    }
}

/// 127.0.0.1 and a free port.
fn loopback_ground(accepts: bool) -> io::Result<Ground> {
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let (listener, port, address) = if accepts {
        let listener = TcpListener::bind(any_port)?;
        let address = listener.local_addr()?;
        (Some(listener), None, address)
    } else {
        let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None)?;
        rustix::net::bind(&socket, &any_port)?;
        let address = SocketAddr::try_from(rustix::net::getsockname(&socket)?)?;
        (None, Some(socket), address)
    };
    let (host, port_number) = (address.ip().to_string(), address.port());
    Ok(Ground { host, port: port_number, listener, name_server: None, _port: port })
}

impl AsFd for Site {
    /// Readable when there is an answer.
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.control().descriptor()
    }
}
