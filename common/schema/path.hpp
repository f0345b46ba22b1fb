#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace picket::schema {

/// Where a walk through a document stands: a chain of steps on the stack, made into text only when
/// there is something to report. A step refers to its parent and its name, so it must not outlive
/// the call that made it.
class Path {
public:
    /// The start: empty, or where the walked document stands in a larger one.
    explicit Path(std::string_view root) : name_(root) {}

    [[nodiscard]] Path field(std::string_view name) const { return {this, Step::Field, name, 0}; }
    [[nodiscard]] Path key(std::string_view name) const { return {this, Step::Key, name, 0}; }
    [[nodiscard]] Path index(std::size_t position) const {
        return {this, Step::Index, {}, position};
    }

    /// "spec.containers[0].env", "metadata.labels[a/b]"
    [[nodiscard]] std::string text() const;

private:
    enum class Step { Root, Field, Key, Index };
    Path(const Path* parent, Step step, std::string_view name, std::size_t position)
        : parent_(parent), step_(step), name_(name), position_(position) {}

    const Path* parent_ = nullptr;
    Step step_ = Step::Root;
    std::string_view name_;
    std::size_t position_ = 0;
};

}  // namespace picket::schema
