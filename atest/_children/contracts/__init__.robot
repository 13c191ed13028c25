*** Settings ***
Documentation    Run by contracts.robot: a document of the outer suite, and one of the inner suite.

Library          HttpServerLibrary    auto_start=True

Suite Setup      Load Openapi    ${CURDIR}/../../resources/contracts/shop.yaml
