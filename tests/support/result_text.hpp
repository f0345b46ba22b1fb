#pragma once
/// Lets Catch2 show a Result: include it in tests that CHECK one directly.
#include "common/base/result.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace Catch {

template <class T>
struct StringMaker<picket::Result<T>> {
    static std::string convert(const picket::Result<T>& result) {
        return result ? "success" : "error: " + result.error().message;
    }
};

}  // namespace Catch
