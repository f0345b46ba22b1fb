#pragma once
// What nearly every test includes.
#include "common/pch.hpp"

#include <catch2/catch.hpp>
