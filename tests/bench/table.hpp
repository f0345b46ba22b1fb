#pragma once
#include "tests/bench/load.hpp"

#include <string>
#include <vector>

namespace picket::bench {

/// The one table that the program prints: what, how much, and what stands beside it.
class Table {
public:
    void section(std::string title);
    void add(std::string what, std::string value, std::string note = {});
    /// Rate with the median, 99th percentile and largest delay.
    void add_load(std::string what, LoadResult& result);
    void add_delay(std::string what, Samples& samples);

private:
    static void print(const std::string& what, const std::string& value, const std::string& note);
};

}  // namespace picket::bench
