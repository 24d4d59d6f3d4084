from bartizan.cli import main

main(prog_name="bartizan")
