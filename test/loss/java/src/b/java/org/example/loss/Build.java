package org.example.loss;

/** The only difference between the jars loss-a.jar and loss-b.jar. */
final class Build {

    static final String NAME = "b";

    private Build() {
    }
}
