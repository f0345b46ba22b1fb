// The one place that compiles Boost.JSON, of which only the scanner is used.
#include <boost/json/src.hpp>
