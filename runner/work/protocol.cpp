#include "runner/work/protocol.hpp"

#include <cassert>

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/stream.hpp>

#include "cluster/cluster_error.hpp"
#include "jobs/task/task_serialisation.hpp"

namespace boost::serialization {

using namespace coxswain;  // NOLINT: free functions over our own types

template <class Archive>
void serialize(Archive& ar, storage::RecordPlace& place, unsigned) {
  ar& place.offset& place.length& place.checksum;
}
template <class Archive>
void serialize(Archive& ar, storage::ShardPlace& place, unsigned) {
  ar& place.file& place.record;
}
template <class Archive>
void serialize(Archive& ar, runner::TaskData& data, unsigned) {
  ar& data.bytes& data.place;
}
template <class Archive>
void serialize(Archive& ar, runner::Welcome& message, unsigned) {
  ar& message.epoch& message.run_directory& message.threads& message
      .heartbeat& message.resident_bytes;
}
template <class Archive>
void serialize(Archive& ar, runner::Hello& message, unsigned) {
  ar& message.numerics& message.host& message.gpu;
}
template <class Archive>
void serialize(Archive& ar, runner::Lease& message, unsigned) {
  ar& message.epoch& message.task& message.attempt& message.work& message
      .inputs& message.ticket;
}
template <class Archive>
void serialize(Archive& ar, runner::Done& message, unsigned) {
  ar& message.epoch& message.task& message.attempt& message.ok& message
      .reason& message.seconds& message.result& message.content.high& message
      .content.low& message.kind& message.slices& message.failed_cells& message
      .ticket;
}
template <class Archive>
void serialize(Archive& ar, runner::Unfit& message, unsigned) {
  ar& message.epoch& message.host& message.reason& message.exit_code& message
      .kind;
}
template <class Archive>
void serialize(Archive&, runner::Finish&, unsigned) {}
template <class Archive>
void serialize(Archive&, runner::Alive&, unsigned) {}
template <class Archive>
void serialize(Archive&, runner::Bye&, unsigned) {}

}  // namespace boost::serialization

namespace coxswain::runner {
namespace {

namespace io = boost::iostreams;

// Both ends are one program: neither headers nor locales are needed, and
// they cost more than small messages themselves.
constexpr unsigned kBare =
    boost::archive::no_header | boost::archive::no_codecvt;

// The alternative number `kind` of ProtocolMessage.
template <std::size_t I = 0, class Archive>
ProtocolMessage load_kind(std::size_t kind, Archive& archive) {
  if constexpr (I < std::variant_size_v<ProtocolMessage>) {
    if (kind != I) return load_kind<I + 1>(kind, archive);
    std::variant_alternative_t<I, ProtocolMessage> message;
    archive >> message;
    return message;
  } else {
    throw cluster::ClusterError("a message of an unknown kind");
  }
}

}  // namespace

std::string pack(const ProtocolMessage& message) {
  assert(!message.valueless_by_exception());
  std::string bytes;
  {
    io::stream<io::back_insert_device<std::string>> out(bytes);
    boost::archive::binary_oarchive archive(out, kBare);
    const auto kind = static_cast<std::uint8_t>(message.index());
    archive << kind;
    std::visit([&](const auto& one) { archive << one; }, message);
  }
  return bytes;
}

ProtocolMessage unpack(const std::string& bytes) {
  io::stream<io::array_source> in(bytes.data(), bytes.size());
  try {
    boost::archive::binary_iarchive archive(in, kBare);
    std::uint8_t kind = 0;
    archive >> kind;
    return load_kind(kind, archive);
  } catch (const boost::archive::archive_exception& error) {
    throw cluster::ClusterError(std::string("a damaged message: ") +
                                error.what());
  }
}

}  // namespace coxswain::runner
