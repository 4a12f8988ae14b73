#include "runner/protocol.hpp"

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/stream.hpp>

#include "cluster/cluster_error.hpp"
#include "jobs/task_serialisation.hpp"

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
  ar& message.epoch& message.run_directory& message.threads;
}
template <class Archive>
void serialize(Archive& ar, runner::Hello& message, unsigned) {
  ar& message.numerics& message.host;
}
template <class Archive>
void serialize(Archive& ar, runner::Lease& message, unsigned) {
  ar& message.epoch& message.task& message.attempt& message.work& message
      .inputs;
}
template <class Archive>
void serialize(Archive& ar, runner::Done& message, unsigned) {
  ar& message.epoch& message.task& message.attempt& message.ok& message
      .reason& message.seconds& message.result;
}
template <class Archive>
void serialize(Archive&, runner::Finish&, unsigned) {}

}  // namespace boost::serialization

namespace coxswain::runner {
namespace {

namespace io = boost::iostreams;

template <class Message, class Archive>
ProtocolMessage load(Archive& archive) {
  Message message;
  archive >> message;
  return message;
}

}  // namespace

std::string pack(const ProtocolMessage& message) {
  std::string bytes;
  {
    io::stream<io::back_insert_device<std::string>> out(bytes);
    boost::archive::binary_oarchive archive(out);
    const auto kind = static_cast<std::uint8_t>(message.index());
    archive << kind;
    std::visit([&](const auto& one) { archive << one; }, message);
  }
  return bytes;
}

ProtocolMessage unpack(const std::string& bytes) {
  io::stream<io::array_source> in(bytes.data(), bytes.size());
  try {
    boost::archive::binary_iarchive archive(in);
    std::uint8_t kind = 0;
    archive >> kind;
    switch (kind) {
      case 0:
        return load<Welcome>(archive);
      case 1:
        return load<Hello>(archive);
      case 2:
        return load<Lease>(archive);
      case 3:
        return load<Done>(archive);
      case 4:
        return load<Finish>(archive);
      default:
        break;
    }
  } catch (const boost::archive::archive_exception& error) {
    throw cluster::ClusterError(std::string("a damaged message: ") +
                                error.what());
  }
  throw cluster::ClusterError("a message of an unknown kind");
}

}  // namespace coxswain::runner
